#pragma once

/// Uniform numbers that depend on their key alone: the same on any number of ranks.
///
///     u(seed, stream, step, number) = (k + 1/2) / 2^52,   k = 0, ..., 2^52 - 1
///
/// from the upper 52 bits of a word: all of these are numbers in double precision, none is 0 or 1.
/// (With 53 bits every other k + 1/2 would be rounded, the last one up to u = 1.)
///
/// Threefry 2x64-20 of Random123 (Salmon, Moraes, Dror & Shaw 2011): another cipher than that of
/// the noise, so that the same seed serves both.

#include "discretisation/noise.hpp"

namespace feller {

double uniform(const NoiseKey& key, std::uint64_t number);

/// (k + 1/2) / 2^52 for the upper 52 bits k of a word.
double in_unit_interval(std::uint64_t word);

}  // namespace feller
