#pragma once

/// Relative entropy of normal laws on a line:
///
///     KL(N(m, v) | N(mu, a)) = (r - 1 - ln r)/2 + (m - mu)^2/(2 a),      r = v/a

namespace feller {

/// (r - 1 - ln r)/2 for r = 1 + x > 0, to some units of round-off of itself for small x, too.
double variance_divergence(double x);

}  // namespace feller
