#pragma once

/// The reversible half of a generator: (A + A*) / 2 with the time reversal A* in the weight pi,
///
///     k*_KL = pi_L k_LK / pi_K,     A pi = 0.
///
/// It is in detailed balance with pi, and -<h, A h> in l2(1/pi) is that of A. So its spectral gap
/// bounds how chi-square decays under A itself, though A may turn in circles:
/// |(I - tau A)^-1 h| <= |h| / (1 + tau gap)  and  |e^(tau A) h| <= e^(-tau gap) |h|.
/// Reference: Fill 1991.

#include "discretisation/generator.hpp"

namespace feller {

/// `log_weight` = ln pi, pi the stationary mass in each cell. Only where mass is conserved.
/// Collective.
Generator reversible_half(const Generator& generator, const Field& log_weight);

}  // namespace feller
