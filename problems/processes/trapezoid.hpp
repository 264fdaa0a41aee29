#pragma once

/// Integrals over a mixture of products in two or three dimensions, by the trapezoidal rule.
///
///     int term(ln p(x), ln q(x)) dx,   p = sum_k w_k prod_a f_ka(x_a),   q = prod_a q_a(x_a)
///
/// For functions that are analytic and decay, the error is C exp(-c / spacing) (L. N. Trefethen,
/// J. A. C. Weideman, SIAM Review 56, 2014): a halved spacing squares it. So where halving changes
/// the value by 1e-8, what is left is near round-off.

#include <optional>
#include <vector>

#include "problems/processes/mixture.hpp"

namespace feller {

/// None where the value would not settle on 5e7 points. `cover_target`: integrate also
/// where q alone is large.
std::optional<double> trapezoid(int dimension, const std::vector<Component>& components,
                                const Spread& target, bool cover_target,
                                double (*term)(double, double));

}  // namespace feller
