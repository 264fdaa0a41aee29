#pragma once

/// Edges of a picture: ridges of the gradient of its Gaussian smoothing that are strong, or
/// connected to strong ones.
///
///     g = |grad (G_sigma * u)|,    kept where g is largest along its own direction (interpolated
///     between pixels), and g >= high, or g >= low and connected (8 neighbours) to such a pixel
///
/// The gradient is by central differences, mirrored at the border. Reference: Canny 1986.

#include "discretisation/field.hpp"

namespace feller {

struct CannyOptions {
  double sigma = 1;  ///< [pixel]
  double low = 10;   ///< [grey level/pixel]
  double high = 20;  ///< [grey level/pixel]
};

/// 1 on edges, one pixel wide. Collective.
Field canny(const Field& level, const CannyOptions& options);

/// The gradient of a picture by central differences, mirrored at the border; x, then y. Collective.
std::array<Field, 2> gradient(const Field& level);

}  // namespace feller
