#pragma once

/// Uniform numbers that depend on their key alone: the same on any number of ranks.
///
///     u(seed, stream, step, number) in (0, 1), a multiple of 2^-53 plus 2^-54
///
/// Threefry 2x64-20 of Random123 (Salmon, Moraes, Dror & Shaw 2011): another cipher than that of
/// the noise, so that the same seed serves both.

#include "discretisation/noise.hpp"

namespace feller {

double uniform(const NoiseKey& key, std::uint64_t number);

}  // namespace feller
