#pragma once

/// Pictures of densities: numbers to colours by the map "inferno" (van der Walt & Smith 2015, CC0),
/// from black over violet and orange to pale yellow. Equal steps of the value look equally large,
/// also in grey print and to colour-blind readers.

#include <span>

#include "io/image.hpp"

namespace feller {

/// Colours a field of width * height values; `low` is darkest and `high` brightest, values beyond
/// are clipped, and NaN is grey. If high <= low (a constant field), values above low are brightest.
///
/// The axes differ: values run upwards (row 0 is the bottom, as y grows) and the image downwards,
/// so the last row of the values becomes the first of the image.
/// Throws std::invalid_argument if the number of values is not width * height.
Image colorize(std::span<const double> values, int width, int height, double low, double high);

}  // namespace feller
