#pragma once

/// The osmosis equation of problems/osmosis.hpp on a box of cells in one to three dimensions, its
/// image and guidance given as formulas, as lists of numbers, or as noise:
///
///     v = guidance + noise_deviation G + noise_offset,   G ~ N(0, 1) in each cell
///
/// For pictures of any size there is problem.kind = osmosis; this one is for small cases that a
/// reader can check by hand, and for lines. References: as there.

#include <cstdint>

#include "problems/problem.hpp"

namespace feller {

/// One standard normal number a cell, the same for any number of ranks. Collective.
Field standard_noise(const Grid& grid, std::uint64_t seed);

std::unique_ptr<ProblemKind> osmosis_box();

}  // namespace feller
