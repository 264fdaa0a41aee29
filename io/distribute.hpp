#pragma once

/// Whole pictures on rank 0 against fields that are shared out: for reading and writing images.
///
/// These are the only two places where something of the size of the grid meets on one rank.

#include <vector>

#include "discretisation/field.hpp"

namespace feller {

/// Shares out values that rank 0 has for all cells in natural order (x fastest). Collective.
Field scatter(const Grid& grid, const std::vector<double>& all_on_root);

/// All cells in natural order on rank 0, nothing elsewhere. Collective.
std::vector<double> collect(const Field& field);

}  // namespace feller
