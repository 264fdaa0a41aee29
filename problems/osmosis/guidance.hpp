#pragma once

/// Guidance images v: positive, or refused.

#include "problems/osmosis/models.hpp"

namespace feller {

double lowest(const std::vector<Field>& fields);

/// Throws InputError for a guidance, offset included, that is not positive. Collective.
void require_positive(const Parameters& parameters, const Field& guidance, double offset);
void require_positive(const Parameters& parameters, const std::vector<Field>& guidance,
                      const std::vector<double>& offsets);

/// Gaussian noise, a stream a channel.
std::vector<Field> noise(const Canvas& canvas, const OsmosisOptions& options);

}  // namespace feller
