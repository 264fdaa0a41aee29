#pragma once

/// Functions of space turned into fields: cell means by quadrature, or values at cell centres.
///
/// Means use three Gauss points an axis, so a smooth function's error is O(h^6), far below the
/// O(h^2) of the schemes. Sampling is collective; a value that is not allowed raises InputError on
/// all ranks, saying where.

#include <functional>
#include <string>

#include "discretisation/field.hpp"

namespace feller {

using Function = std::function<double(const Point&)>;

/// What a sampled value must satisfy.
enum class Sign { any, positive, not_negative };

Field cell_means(const Grid& grid, const Function& f, Sign sign = Sign::any);
Field at_centres(const Grid& grid, const Function& f, Sign sign = Sign::any);

/// The value, or InputError "is nan at x = 3" on this rank alone: for use inside `agree_on`.
double require(const Grid& grid, const Point& point, double value, Sign sign);

}  // namespace feller
