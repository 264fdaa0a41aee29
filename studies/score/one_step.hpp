#pragma once

/// One step backward from z(t) = z (McAllester, (6), (7)):
///
///     p(x|z) = p_{t-dt}(x) N(z; x, dt) / p_t(z),    x = z(t - dt)
///     mean        z + dt s_t(z)                                    exactly, as in (7)
///     variance    dt (1 - dt/t) + (dt/t)^2 Var(y|t,z) = dt + dt^2 (ln p_t)''
///     skewness    dt^(3/2) kappa_3(y|t,z)/t^3 to leading order
///     KL(p(.|z) | N(z + dt s_t, dt)) = dt^2/4 ((ln p_t)'')^2 to leading order
///
/// For a population of one point y it is the bridge of (6), which is normal with the variance
/// dt (1 - dt/t) and KL = 1/2 (r - 1 - ln r), r = 1 - dt/t.

#include "studies/score/noised.hpp"

namespace feller {

/// By quadrature, standardised by the law of (7).
struct OneStep {
  double mass = 0;      ///< 1
  double mean = 0;      ///< (E x - z - dt s_t)/sqrt(dt): 0
  double variance = 0;  ///< Var(x)/dt
  double skewness = 0;
  double divergence = 0;  ///< from (7)
};

OneStep one_step(const Noised& noised, double t, double z, double dt);

/// (ln p_t)'' = (Var(y|t,z)/t - 1)/t.
double log_curvature(const Noised& noised, double t, double z);

}  // namespace feller
