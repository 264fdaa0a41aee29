#pragma once

/// Reverse processes of a normal population, of which everything is known in closed form
/// (studies/score/reverse_law.hpp). Order and limit of the scheme come from its recursion, without
/// particles, on grids of up to 16384 steps and more; particles are held against the same recursion
/// on their own grids.

#include "studies/score/reverse_checks.hpp"

namespace feller {

/// The relative entropy to p_t0 on every level, and the second moment about mu.
std::vector<double> entropy_ladder(const ReverseLaw& law, const LadderPlan& plan,
                                   const ReverseMotion& motion);
std::vector<double> second_ladder(const ReverseLaw& law, const LadderPlan& plan,
                                  const ReverseMotion& motion);

/// Particles against their recursion; order, limit, KL(q|p) and what the printed noise makes of it.
Judged normal_checks(const ReverseLaw& law, const LadderPlan& plan,
                     const std::vector<NamedMotion>& motions,
                     const std::vector<LadderResult>& results);

}  // namespace feller
