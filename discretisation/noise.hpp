#pragma once

/// Gaussian noise that depends on its key alone: the same numbers on any number of ranks, in any
/// order of asking, to the last bit.
///
///     G(seed, stream, step, channel, cell) ~ N(0, 1), independent for different keys
///
/// Philox 4x32-10 (Salmon, Moraes, Dror & Shaw 2011) makes 128 bits of a counter, Box-Muller four
/// normal numbers of them: from each 64 bits a pair
///
///     r = sqrt(-2 ln u),  u = (k + 1/2) / 2^40,      phi = 2 pi (j + 1/2) / 2^24,
///     (r cos phi, r sin phi)
///
/// so that |G| < 7.54, which a true r exceeds with probability 2^-41 = 5e-13. Near 0 the 24 bits of
/// the angle show: no |cos phi| is below 1.9e-7, and |G| < 1e-7 is half as frequent as it should be
/// (4e-8 instead of 8e-8); from |G| < 1e-5 on nothing is to be seen of that. The 32 cells that
/// begin at a multiple of 32 share eight blocks, so that they can be computed side by side.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace feller {

struct NoiseKey {
  std::uint64_t seed = 0;
  std::uint32_t stream = 0;  ///< e.g. the member of an ensemble
  std::uint32_t step = 0;
  std::uint16_t channel = 0;  ///< of an image
};

/// One standard normal number for a cell, given by its natural number in the grid, < 2^50.
double standard_normal(const NoiseKey& key, std::uint64_t cell);

/// Those of the cells from `first_cell` on: the same numbers, many times as fast.
void standard_normals(const NoiseKey& key, std::uint64_t first_cell, std::span<double> values);

/// The cipher itself, to be tried against known answers.
std::array<std::uint32_t, 4> philox_4x32_10(const std::array<std::uint32_t, 4>& counter,
                                            const std::array<std::uint32_t, 2>& key);

/// The same function for one set of instructions; all of them give the same bits.
struct NoiseKernel {
  std::string_view instructions;
  void (*fill)(const NoiseKey& key, std::uint64_t first_cell, std::span<double> values);
};

/// Those that this machine can run, the fastest first, which is what `standard_normals` takes.
std::span<const NoiseKernel> noise_kernels();

}  // namespace feller
