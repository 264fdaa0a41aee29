#pragma once

/// What a learned denoiser makes of noise: particles of the reverse process with its score,
///
///     z(t - dt) = z(t) + (yhat(t, z) - z)/t dt + sqrt(dt) G,
///
/// from the exact p_T down to t_0 by Heun's scheme (solvers/reverse_particles.hpp), and their law q
/// against the exact p_t0. By Girsanov's theorem and data processing, on any bins,
///
///     KL(q|p_t0) <= 1/2 int E|yhat - E[y|t,z]|^2/t^2 dt.
///
/// The KL of the shares of M particles exceeds that of their law by (bins - 1)/(2 M) on average.

#include <functional>

#include "io/check.hpp"
#include "studies/score/denoiser_ladders.hpp"

namespace feller {

/// yhat(t, .) for one t.
using DenoiserAt = std::function<std::function<Point(const Point& z)>(double t)>;

/// Along the first axis, at t_0.
struct EndShares {
  std::vector<double> edges;   ///< of the bins; the outer ones are open
  std::vector<double> exact;   ///< probabilities of p_t0
  std::vector<double> shares;  ///< of the particles
  std::int64_t particles = 0;

  /// KL(shares|exact) less the (bins - 1)/(2 M) that chance makes.
  double divergence() const;
  /// Standard deviation of that, if the KL of the laws is `truth`.
  double deviation(double truth) const;
};

/// 1/2 int excess(t)/t^2 dt, excess(t) = E|yhat - E[y|t,z]|^2, of what is smooth in ln t.
double girsanov_bound(const std::function<double(double t)>& excess, double first, double last);

/// Collective.
EndShares reversed_shares(const DenoiserAt& denoiser, const Mixture& population,
                          const DenoiserPlan& plan, MPI_Comm comm);

/// KL on the same bins of particles without a score, yhat = z: p_T, with as much noise again.
double divergence_without_score(const Mixture& population, const DenoiserPlan& plan);

/// Of particles with the learned denoiser, and with the exact one on the same noise; `bound` is
/// Girsanov's.
Check reverse_end_check(const EndShares& found, const EndShares& exact, double bound);
/// Of particles without a score. None where ten times the bound of the claim is more than
/// `expected`, the KL of their law on the bins, can show.
Checks reverse_end_control(const EndShares& wrong, const Check& claim, double expected);

}  // namespace feller
