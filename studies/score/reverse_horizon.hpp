#pragma once

/// What the noise lambda of McAllester's (23) as printed tends to on a normal population as T
/// grows:
///
///     KL(q|p) = (lambda - 1 - ln lambda)/2 - (1 - lambda)^2/(2 lambda) r^lambda + O(r^(2 lambda))
///
/// with r = a_0/a_T, from p_T (studies/score/reverse_law.hpp). Here by the scheme, as dt -> 0.

#include "studies/score/reverse_checks.hpp"

namespace feller {

/// At one T: how far KL(q|p) is from its limit, and the leading order of that.
struct Horizon {
  double T = 0, entropy = 0, gap = 0, leading = 0;
  double error = 0;  ///< of the extrapolation and round-off
};

/// From T = 100 a_0 on, each 100 times the one before, until the leading order is 1e-5 or T 1e16.
std::vector<Horizon> horizons(const ReverseLaw& law, const LadderPlan& plan, double lambda);
Judged horizon_checks(const ReverseLaw& law, const LadderPlan& plan,
                      const std::vector<NamedMotion>& motions);

}  // namespace feller
