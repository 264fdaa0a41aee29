#pragma once

/// Moments of increments from simulated paths:
///
///     m_k(h) ~ (1/M) sum_j (X^j_{t+h} - x)^k / h,      X^j_{t+h} drawn from the exact transition
///
/// Path j takes the noise of key (seed, rung of the ladder, j), so the paths are the same on any
/// number of ranks; ranks share them, sums are in long double.

#include <cstdint>

#include "discretisation/petsc.hpp"
#include "studies/operators/transition.hpp"

namespace feller {

/// Of the increments over one h, k = 1, 2.
struct PathMoments {
  double h = 0;
  std::array<double, 2> estimate{};
  std::array<double, 2> exact{};
  std::array<double, 2> error{};  ///< standard error of the estimate, from theory
  std::array<double, 2> limit{};  ///< for h -> 0

  /// |estimate - value| in standard errors.
  double deviation(int k, double value) const;
};

/// How many paths tell m_1(h) from its limit by so many standard errors.
double paths_to_tell(const OrnsteinUhlenbeckTransition& transition, double x, double h,
                     double errors);

/// Collective.
PathMoments path_moments(MPI_Comm comm, const OrnsteinUhlenbeckTransition& transition, double x,
                         double h, std::int64_t paths, std::uint64_t seed, std::uint32_t rung);

}  // namespace feller
