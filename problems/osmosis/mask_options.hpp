#pragma once

/// The mask of a model, from one of the ways in which people have it: a picture of the mask itself,
/// of the region that it surrounds, or strokes of two colours painted over the image.

#include <filesystem>
#include <string>
#include <vector>

#include "problems/osmosis/canvas.hpp"

namespace feller {

struct Mask {
  Field edge;                   ///< 1 where the drift is not trusted
  std::optional<Field> inside;  ///< 1 within what the edge surrounds, where that was given
};

class MaskOptions {
 public:
  void declare(Parameters& parameters);
  bool is_given() const;
  /// Of a mask, region or strokes; dilated. Collective; throws InputError, also for a mask that is
  /// empty or covers everything.
  Mask mask(const Parameters& parameters, const Canvas& canvas) const;

  /// A set grown by problem.mask_width. Collective.
  Field widened(const Field& set) const;

 private:
  Field region_or_mask(const Parameters& parameters, const Canvas& canvas, const std::string& key,
                       const std::filesystem::path& path) const;
  Mask undilated(const Parameters& parameters, const Canvas& canvas) const;
  Mask painted(const Parameters& parameters, const Canvas& canvas) const;

  std::filesystem::path mask_, region_, strokes_;
  std::vector<double> edge_colour_{255, 0, 0};
  std::vector<double> inside_colour_{0, 0, 255};
  int width_ = 0;
};

/// Refuses a set of pixels that is empty or covers everything. Collective; throws InputError.
void require_some(const Parameters& parameters, const std::string& key, const Field& set);

}  // namespace feller
