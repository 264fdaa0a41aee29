#pragma once

/// A foreground that is put into an image, and how much of it counts where.

#include "problems/osmosis/models.hpp"

namespace feller {

struct TwoImages {
  std::vector<Field> background;  ///< grey levels
  std::vector<Field> foreground;  ///< grey levels, shifted; beyond its border its nearest pixel
  Field alpha;                    ///< 0..1; 0 where the foreground does not reach
};

/// Collective; throws InputError.
TwoImages two_images(const Parameters& parameters, const Canvas& canvas,
                     const OsmosisOptions& options);

}  // namespace feller
