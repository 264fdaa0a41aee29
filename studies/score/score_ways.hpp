#pragma once

/// The score of noisy data in several ways that must agree (McAllester, (21)):
///
///     s_t(z) = grad ln p_t(z)                           closed form, as p_t is a mixture
///            = (E[y|t,z] - z)/t                         by the posterior (Tweedie)
///            = int p(y) p_t(z|y) (y - z)/t dy / p_t(z)  by quadrature, in one dimension
///            = differences of ln p_t, of order 8
///
/// and what follows of it: E s_t = 0 and E|y - E[y|t,z]|^2 = n t - t^2 E|s_t|^2. The fourth line of
/// (21) as printed, grad p_t(z) = E_{z,y} (y - z)/t, is an expectation over z as well: 0.

#include "studies/score/noise_level.hpp"

namespace feller {

/// At one level. Differences of scores relative to 1/sqrt(t) + |s|; dimensionless.
struct ScoreWays {
  double by_posterior = 0;    ///< largest distance from the closed form
  double by_differences = 0;  ///< the same
  double by_quadrature = 0;   ///< the same; 0 in more than one dimension
  double mean = 0;            ///< largest |E s_a| sqrt(t)
  double fisher = 0;          ///< |mmse - (n t - t^2 E|s|^2)| / t
  double literal = 0;         ///< largest |E_{z,y} (y_a - z_a)/t| sqrt(t): (21), line 4 as printed
  double furthest = 0;        ///< largest |s - that/p_t| sqrt(t) over places: what line 4 misses
};

ScoreWays compare_scores(const Mixture& population, double t);

/// int p(y) p_t(z|y) (y - z)/t dy / p_t(z), in one dimension.
double score_by_quadrature(const Mixture& population, double t, double z);
/// (ln p_t)' along an axis by eight values.
double score_by_differences(const NoiseLevel& level, int axis, const Point& z);

}  // namespace feller
