/// The checks of processes that start from N(0, T): what becomes of relative entropies.

#include <fmt/format.h>

#include <cmath>

#include "studies/score/reverse_density_checks.hpp"

namespace feller {
namespace {

/// lambda = 0 and the control that its drift doubled is.
void add_conserved(Checks& checks, const DensityPlan& plan, const DensityLadder& ladder) {
  const auto flow = index_of(plan, 0);
  if (flow == plan.motions.size()) return;
  std::size_t doubled = flow;
  while (!is_doubled(plan.motions[doubled])) ++doubled;
  const auto change = [&](std::size_t m) {
    return richardson(
        ladder.values(
            m, [](const DensityEnd& end) { return end.entropy.back() - end.entropy.front(); }),
        2, 2);
  };
  const Limit kept = change(flow), lost = change(doubled);
  checks.push_back({.name = "conserved",
                    .claim = fmt::format("lambda = 0 conserves KL(q_t|p_t), {:.6g} at T: |change "
                                         "down to t_0|, extrapolated, against what that leaves",
                                         ladder.finest().ends[flow].entropy.front()),
                    .measured = std::abs(kept.value),
                    .bound = kept.remaining,
                    .statement = "V18"});
  checks.push_back({.name = "control_conserved",
                    .claim = "drift doubled with no noise: |change of KL(q_t|p_t) down to t_0|",
                    .measured = std::abs(lost.value) - lost.remaining,
                    .relation = Relation::at_least,
                    .bound = 10 * kept.remaining,
                    .is_control = true,
                    .statement = "V18"});
  for (std::size_t e = 0; e < watched_entropies().size(); ++e) {
    const auto drift = ladder.values(
        flow, [&](const DensityEnd& end) { return std::abs(end.after[e] - end.before[e]); });
    // At least: parts of unlike sign can cancel.
    checks.push_back(
        {.name = fmt::format("conserved_{}", watched_entropies()[e]),
         .claim = fmt::format("lambda = 0 conserves every entropy D(q_t|p_t): observed "
                              "order of its change from T to t_0, {}",
                              watched_entropies()[e]),
         .measured = last_order(drift),
         .relation = Relation::at_least,
         .bound = 2 - order_slack,
         .statement = "V18"});
  }
  const auto quantiles = ladder.values(flow, [](const DensityEnd& end) { return end.quantiles; });
  if (quantiles.back() == 0) return;
  checks.push_back(order_check("quantiles",
                               "lambda = 0 keeps quantiles: rms of Q_t0 - Q_T at equal values of "
                               "P, distribution functions of q and p",
                               last_order(quantiles), "V18"));
  const double bound = quantiles[quantiles.size() - 2] / std::pow(2, 2 - order_slack);
  checks.push_back({.name = "control_quantiles",
                    .claim = "drift doubled with no noise: rms of Q_t0 - Q_T, against ten times "
                             "what the order makes of that of lambda = 0 on the grid before",
                    .measured = ladder.finest().ends[doubled].quantiles,
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
        fmt::format("{}: KL(q|p_t0) as cells and steps are halved, tends to {:.6g} +- {:.2g}",
                    one.words, limit.value, limit.remaining),
        limit.order, "V19"));
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
  add_conserved(checks, plan, ladder);
  add_bayes(checks, plan, ladder);
  return checks;
}

}  // namespace feller
