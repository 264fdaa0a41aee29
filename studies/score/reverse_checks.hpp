#pragma once

/// What ladders of reverse particles verify: V18 and V19 of docs/properties.md.

#include <optional>

#include "io/check.hpp"
#include "studies/score/reverse_ladder.hpp"
#include "studies/score/reverse_law.hpp"

namespace feller {

/// What is known of one motion.
struct ReverseLaw {
  /// E |z - mu|^2 / n at t_0 of the corrected process, where known.
  std::optional<double> second;
  /// Of a normal population, axis by axis: what it is, what it starts from.
  std::optional<NormalState> population;
  NormalState start;
};

/// The relative entropy to p_t0 on every level, from a normal population's recursion.
std::vector<double> entropy_ladder(const ReverseLaw& law, const LadderPlan& plan,
                                   const ReverseMotion& motion);
/// The same for the second moment about mu.
std::vector<double> second_ladder(const ReverseLaw& law, const LadderPlan& plan,
                                  const ReverseMotion& motion);

/// Of all motions: order, limit, recursion; controls on the printed ones.
Checks ladder_checks(const ReverseLaw& law, const LadderPlan& plan, std::size_t dimension,
                     const std::vector<NamedMotion>& motions,
                     const std::vector<LadderResult>& results);

/// Quantiles along the ordinary differential equation; `doubled` is the control.
Checks quantile_checks(const LadderPlan& plan, const std::vector<double>& errors,
                       const std::vector<double>& doubled);

}  // namespace feller
