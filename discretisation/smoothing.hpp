#pragma once

/// Gaussian smoothing of a field in its own scale-space: n passes of the kernel (a, 1 - 2a, a)
/// along each axis, 2 n a = sigma^2, a <= 1/4.
///
/// Each pass is a step of the heat equation without flux through the borders: the mean is kept, no
/// new extremum appears, and one layer of ghosts is all it needs. As n grows this is the discrete
/// Gaussian of Lindeberg 1990 ("Scale-space for discrete signals"), whose variance is sigma^2
/// exactly.

#include "discretisation/field.hpp"

namespace feller {

/// `sigma` in cells, at least 0. Collective.
Field smoothed(const Field& field, double sigma);

/// smoothed(weight u) / smoothed(weight): the mean of what carries weight nearby. 0 where nothing
/// does. Collective.
Field smoothed(const Field& field, const Field& weight, double sigma);

}  // namespace feller
