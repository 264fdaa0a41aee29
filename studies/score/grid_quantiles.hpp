#pragma once

/// Quantiles along the probability flow, on a line of cells: with the distribution functions P of p
/// and Q of q, the flow without noise keeps P(x) and Q(x) along its paths, so that Q is the same
/// function of P at all times.

#include "discretisation/field.hpp"

namespace feller {

/// rms of Q_t0 - Q_T over the faces with P_t0 in [0.01, 0.99], at equal values of P. Fields are
/// masses; Q_T(P) is a cubic through four faces. Collective.
double quantile_drift(const Field& p_from, const Field& q_from, const Field& p_to,
                      const Field& q_to);

}  // namespace feller
