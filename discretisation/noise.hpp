#pragma once

/// Gaussian noise that depends on its key alone: the same numbers on any number of ranks, in any
/// order of asking.
///
///     G(seed, stream, step, cell) ~ N(0, 1), independent for different keys
///
/// Philox 4x32-10 of Random123 (Salmon, Moraes, Dror & Shaw 2011) turned normal by Box-Muller.

#include <cstdint>

namespace feller {

struct NoiseKey {
  std::uint64_t seed = 0;
  std::uint32_t stream = 0;  ///< e.g. the channel of an image or the member of an ensemble
  std::uint32_t step = 0;
};

/// One standard normal number for a cell, given by its natural number in the grid.
double standard_normal(const NoiseKey& key, std::uint64_t cell);

}  // namespace feller
