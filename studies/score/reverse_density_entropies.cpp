/// The checks of processes that start from N(0, T): what becomes of relative entropies.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/score/reverse_density_checks.hpp"

namespace feller {
namespace {

/// What an entropy may change by: what the extrapolation leaves, but no more than this part of it,
/// so that a ladder that does not converge cannot hold.
constexpr double largest_part = 1e-2;

/// From T to t_0, on ever finer grids.
Limit change_of(const DensityLadder& ladder, std::size_t m, std::size_t entropy) {
  return richardson(
      ladder.values(
          m, [&](const DensityEnd& end) { return end.after[entropy] - end.before[entropy]; }),
      2, 2);
}

/// The process without noise whose drift is that of lambda = 1.
std::size_t doubled_of(const DensityPlan& plan) {
  return static_cast<std::size_t>(std::ranges::find_if(plan.motions, is_doubled) -
                                  plan.motions.begin());
}

/// lambda = 0 and the control that its drift doubled is.
void add_conserved(Checks& checks, const DensityPlan& plan, const DensityLadder& ladder) {
  const auto flow = index_of(plan, 0), doubled = doubled_of(plan);
  for (std::size_t e = 0; e < watched_entropies().size(); ++e) {
    const auto name = watched_entropies()[e];
    const double first = ladder.finest().ends[flow].before[e];
    const Limit kept = change_of(ladder, flow, e), lost = change_of(ladder, doubled, e);
    // A NaN must stay one.
    const double allowed =
        kept.remaining > largest_part * first ? largest_part * first : kept.remaining;
    checks.push_back({.name = fmt::format("conserved_{}", name),
                      .claim = fmt::format("lambda = 0 conserves {} D(q_t|p_t), {:.6g} at T: "
                                           "|change down to t_0|, extrapolated, against what that "
                                           "leaves, at most {:g} of it",
                                           name, first, largest_part),
                      .measured = std::abs(kept.value),
                      .bound = allowed,
                      .statement = "V18"});
    checks.push_back({.name = fmt::format("control_conserved_{}", name),
                      .claim = fmt::format("drift doubled with no noise: |change of {} D(q_t|p_t) "
                                           "down to t_0|, less what its extrapolation leaves",
                                           name),
                      .measured = std::abs(lost.value) - lost.remaining,
                      .relation = Relation::at_least,
                      .bound = 10 * allowed,
                      .is_control = true,
                      .statement = "V18"});
  }
}

void add_quantiles(Checks& checks, const DensityPlan& plan, const DensityLadder& ladder) {
  const auto quantiles =
      ladder.values(index_of(plan, 0), [](const DensityEnd& end) { return end.quantiles; });
  if (quantiles.back() == 0) return;
  checks.push_back(order_check("quantiles",
                               "lambda = 0 keeps quantiles: rms of Q_t0 - Q_T at equal values of "
                               "P, distribution functions of q and p",
                               last_order(quantiles), "V18"));
  const double bound = quantiles[quantiles.size() - 2] / std::pow(2, 2 - order_slack);
  checks.push_back({.name = "control_quantiles",
                    .claim = "drift doubled with no noise: rms of Q_t0 - Q_T, against ten times "
                             "what the order makes of that of lambda = 0 on the grid before",
                    .measured = ladder.finest().ends[doubled_of(plan)].quantiles,
                    .relation = Relation::at_least,
                    .bound = 10 * bound,
                    .is_control = true,
                    .statement = "V18"});
}

void add_bayes(Checks& checks, const DensityPlan& plan, const DensityLadder& ladder) {
  const auto one = index_of(plan, 1);
  if (one == plan.motions.size()) return;
  std::vector<double> entropies;
  for (const auto& rung : ladder.rungs) entropies.push_back(rung.bayes_entropy);
  const Limit bayes = richardson(entropies, 2, 2), limit = ladder.limit(one);
  checks.push_back({.name = "bayes",
                    .claim = fmt::format("Bayes' reversal diag(p_n) Q^T diag(p_n+1)^-1 is lambda = "
                                         "1: KL(q|p_t0), {:.6g}, both extrapolated",
                                         bayes.value),
                    .measured = std::abs(bayes.value - limit.value),
                    .bound = bayes.remaining + limit.remaining,
                    .statement = "V19"});
}

}  // namespace

Checks normal_start_checks(const DensityPlan& plan, const DensityLadder& ladder) {
  Checks checks;
  for (std::size_t m = 0; m < plan.motions.size(); ++m) {
    const NamedMotion& one = plan.motions[m];
    if (is_doubled(one)) continue;
    const Limit limit = ladder.limit(m);
    if (one.printed) {
      const Limit right = ladder.limit(index_of(plan, one.lambda));
      Check control = printed_control(one, limit, right.remaining,
                                      fmt::format("{:.6g}, that of sqrt(lambda)", right.value));
      control.measured = std::abs(limit.value - right.value) - limit.remaining;
      checks.push_back(control);
      continue;
    }
    checks.push_back(order_check(
        "order_" + one.name,
        fmt::format("{}: L1 difference of q at t_0 on two grids as cells and steps are halved; "
                    "KL(q|p_t0) tends to {:.6g} +- {:.2g}",
                    one.words, limit.value, limit.remaining),
        last_order(ladder.differences(m)), "V19"));
    if (one.lambda == 0) continue;
    double rise = 0;
    for (const auto& rung : ladder.rungs) raise(rise, rung.ends[m].rise);
    checks.push_back(
        {.name = "contracts_" + one.name,
         .claim = fmt::format("{}: largest rise of KL(q_t|p_t) on the way back", one.words),
         .measured = rise,
         .bound = 1e-14,
         .statement = "V19"});
  }
  if (index_of(plan, 0) < plan.motions.size()) {
    add_conserved(checks, plan, ladder);
    add_quantiles(checks, plan, ladder);
  }
  add_bayes(checks, plan, ladder);
  return checks;
}

}  // namespace feller
