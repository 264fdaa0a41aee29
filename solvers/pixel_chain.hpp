#pragma once

/// The Markov chain of probabilistic diffusion on the pixels of an image:
///
///     step    u <- sqrt(1 - beta_i) u + sqrt(beta_i) G_i                      (4)
///     jump    u <- sqrt(a_i / a_k) u + sqrt(1 - a_i / a_k) G,   k < i         (5)
///     a_i = prod_{j=1}^i (1 - beta_j)
///
/// G is white noise keyed by (seed, member, step, channel, pixel), so that a trajectory is the same
/// on any number of ranks. Reference: Peter 2023, (4) and (5), whose product must begin with j = 1.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "discretisation/field.hpp"
#include "discretisation/noise.hpp"

namespace feller {

/// u <- keep u + spread G, with the noise of this number.
struct ChainMove {
  double keep = 1;
  double spread = 0;
  std::uint32_t step = 0;
};

/// Step i of a chain, given beta_i.
ChainMove chain_step(double beta, int i);
/// The jump that arrives at i, given ln(a_i / a_k) < 0.
ChainMove chain_jump(double log_survival, int i);

/// Neighbours in memory and in the natural order of the grid: `cells` of them from the rank's own
/// number `offset`, which is number `first` of all.
struct CellRun {
  std::size_t offset = 0;
  std::uint64_t first = 0;
  std::size_t cells = 0;
};

/// A rank's cells as few runs of at most `most` cells, which end where noise is cheap to begin.
std::vector<CellRun> runs_of(const Grid& grid, std::size_t most);

/// White noise on the grid; the key's step and all else as they are.
Field white_noise(const Grid& grid, const NoiseKey& key);

/// A move of all pixels.
void advance(Field& u, NoiseKey key, const ChainMove& move);
/// Several, one after the other, each block of pixels through all of them.
void advance(Field& u, NoiseKey key, std::span<const ChainMove> moves);

/// The same on plain values: those of the cells from `first` on.
void advance(std::span<double> u, std::uint64_t first, NoiseKey key, const ChainMove& move);

/// u <- keep u + spread noise, with noise from elsewhere.
void advance(Field& u, const ChainMove& move, const Field& noise);

}  // namespace feller
