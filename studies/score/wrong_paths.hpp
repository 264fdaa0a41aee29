#pragma once

/// Particles of the reverse processes with a wrong score (wrong_score.hpp), by Euler and Maruyama's
/// steps. Along its path each adds up the logarithm of the ratio of the densities of its steps with
/// the wrong and with the exact score,
///
///     ln dQ/dP = sum ln N(z'; z + g (s + e) h, lambda h) - ln N(z'; z + g s h, lambda h)
///
/// so that E_Q ln dQ/dP = KL(Q | P) and E_Q[dP/dQ f] = E_P f. Particle j takes the noise of key
/// (seed, stream, step, j), and sums are in blocks: the same bits on any number of ranks.

#include <cstdint>

#include "solvers/cluster_score.hpp"
#include "solvers/estimate.hpp"
#include "studies/score/reverse_counts.hpp"
#include "studies/score/wrong_score.hpp"

namespace feller {

struct WrongPaths {
  double mean = 0, variance = 0;       ///< of the end
  Estimate log_ratio;                  ///< ln dQ/dP
  Estimate second;                     ///< z^2 of the end
  Estimate weight;                     ///< dP/dQ
  Estimate weighted, weighted_second;  ///< dP/dQ z, dP/dQ z^2
  double square = 0;                   ///< int E_Q e^2 dt, as the steps have it
};

/// One walk: whose score, how wrong, how noisy.
struct WrongWalk {
  Clusters clusters;
  Perturbation error;
  double lambda = 1;
  Times times;
  std::int64_t particles = 0;
  std::uint64_t seed = 1;
  std::uint32_t stream = 2;  ///< >= 2; 0 and 1 are those of ReverseParticles, where they start
};

/// Counts the ends, too. Collective.
WrongPaths wrong_paths(const WrongWalk& walk, const Grid& grid, CellCounts& counts);

/// Shares of the particles and of a law in the cells of a grid; those where fewer than 5 of the
/// particles are expected, and what is beyond the box, are one cell.
struct CellShares {
  std::vector<double> found, expected;
};
CellShares cell_shares(const CellCounts& counts, const Grid& grid, const Law& law,
                       std::int64_t particles);

/// KL of q to p on cells, less the bias of its sampling, with the standard error. q is of so many
/// particles, and p of so many others; of infinitely many if it is exact.
Estimate sampled_divergence(const std::vector<double>& q, const std::vector<double>& p,
                            double particles, double others);

}  // namespace feller
