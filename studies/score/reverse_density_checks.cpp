#include "studies/score/reverse_density_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "solvers/functionals.hpp"
#include "studies/score/reverse_law.hpp"

namespace feller {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double slack = 0.1;  ///< of observed orders
const std::string printed_label = "McAllester, (23)";

double last_order(const std::vector<double>& errors) {
  return std::log2(errors[errors.size() - 2] / errors.back());
}

Check order_check(const std::string& name, const std::string& claim, double order,
                  const std::string& statement) {
  return {.name = name,
          .claim = claim + fmt::format(": |observed order - 2|, order {:.3f}", order),
          .measured = std::abs(order - 2),
          .bound = slack,
          .statement = statement};
}

std::size_t index_of(const DensityPlan& plan, double lambda) {
  const auto found = std::ranges::find_if(plan.motions, [&](const NamedMotion& one) {
    return keeps_laws(one) && one.lambda == lambda;
  });
  return static_cast<std::size_t>(found - plan.motions.begin());
}

/// What order 4 (of the square of an error of order 2) makes of the grid before.
double entropy_bound(const DensityLadder& ladder, std::size_t m) {
  const auto values = ladder.values(m, [](const DensityEnd& end) { return end.exact_entropy; });
  return values[values.size() - 2] / std::pow(2, 4 - 2 * slack);
}

Check printed_control(const NamedMotion& one, const Limit& limit, double tolerance,
                      const std::string& right) {
  return {.name = "control_" + one.name,
          .claim = fmt::format("{}: KL(q|p_t0) tends to {:.6g} on ever finer grids and steps; its "
                               "distance from {}",
                               one.words, limit.value, right),
          .measured = 0,
          .relation = Relation::at_least,
          .bound = 10 * tolerance,
          .is_control = true,
          .statement = "V19",
          .misprint = printed_label};
}

}  // namespace

std::vector<double> DensityLadder::entropies(std::size_t motion) const {
  return values(motion, [](const DensityEnd& end) { return end.entropy.back(); });
}

Limit DensityLadder::limit(std::size_t motion) const {
  return richardson(entropies(motion), 2, 2);
}

std::vector<double> DensityLadder::time_differences(std::size_t motion) const {
  std::vector<double> differences;
  for (std::size_t k = 0; k + 1 < in_time.size(); ++k) {
    differences.push_back(
        l1_distance(in_time[k].ends[motion].density, in_time[k + 1].ends[motion].density));
  }
  return differences;
}

std::optional<double> normal_entropy(const Clusters& clusters, const DensityPlan& plan,
                                     const NamedMotion& motion) {
  if (clusters.size() > 1) return std::nullopt;
  double sum = 0;
  for (std::size_t a = 0; a < clusters.dimension; ++a) {
    const NormalState population{clusters.means[a], clusters.variances[0]};
    const NormalState goal{population.mean, population.variance + plan.to};
    const NormalState start = plan.exact_start
                                  ? NormalState{population.mean, population.variance + plan.from}
                                  : NormalState{0, plan.from};
    sum += relative_entropy(reversed_normal(population, start, plan.from, plan.to, motion.motion),
                            goal);
  }
  return sum;
}

Checks invariant_checks(const DensityLadder& ladder) {
  double mass = 0, least = std::numeric_limits<double>::infinity(), beyond = 0, allowed = 0;
  for (const auto& rung : ladder.rungs) {
    const double rounding = epsilon * (rung.products + rung.langevin_products);
    raise(allowed, rounding * std::exp(rung.change));
    for (const auto& end : rung.ends) {
      raise(mass, end.mass_defect);
      lower(least, end.least);
      raise(beyond, end.beyond);
    }
  }
  const DensityRung& finest = ladder.finest();
  const double rounding = epsilon * (finest.products + finest.langevin_products);
  return {{.name = "mass",
           .claim = "largest |mass - 1| of any process at any time on any grid",
           .measured = mass,
           .bound = 1e-12,
           .statement = "V19"},
          {.name = "positivity",
           .claim = "least density of any process at any time on any grid",
           .measured = least,
           .relation = Relation::at_least,
           .bound = 0,
           .statement = "V19"},
          {.name = "back_to_start",
           .claim = "from the grid's own p_T every lambda leads back to its p_t0: L1 distance on "
                    "the finest grid, a rounding a product",
           .measured = finest.free_l1,
           .bound = rounding,
           .statement = "V19"},
          {.name = "back_to_start_in_tails",
           .claim = "the same, max |q/p - 1| in any cell, where p falls by e^" +
                    fmt::format("{:.3g} at most in a step", finest.change),
           .measured = finest.free_ratio,
           .bound = rounding * std::exp(finest.change),
           .statement = "V19"},
          {.name = "maximum_principle",
           .claim = "how far q/p leaves the range that it has at T, over its largest value, for "
                    "noise sqrt(lambda)",
           .measured = beyond,
           .bound = allowed,
           .statement = "V18"}};
}

Checks exact_start_checks(const DensityPlan& plan, const DensityLadder& ladder) {
  Checks checks;
  for (std::size_t m = 0; m < plan.motions.size(); ++m) {
    const NamedMotion& one = plan.motions[m];
    if (is_doubled(one)) continue;
    if (one.printed) {
      const Limit limit = ladder.limit(m);
      const auto same = index_of(plan, one.lambda);
      Check control = printed_control(one, limit, entropy_bound(ladder, same), "0");
      control.measured = limit.value - limit.remaining;
      checks.push_back(control);
      continue;
    }
    const auto errors = ladder.values(m, [](const DensityEnd& end) { return end.l1; });
    checks.push_back(order_check("order_" + one.name,
                                 one.words + ": L1 error to the exact p_t0 with cells and steps "
                                             "halved",
                                 last_order(errors), "V19"));
    checks.push_back({.name = "kl_" + one.name,
                      .claim = fmt::format("{}: KL(q|exact p_t0) on the finest grid, against what "
                                           "order 4, that of a squared error, makes of the grid "
                                           "before",
                                           one.words),
                      .measured = ladder.finest().ends[m].exact_entropy,
                      .bound = entropy_bound(ladder, m),
                      .statement = "V19"});
  }
  return checks;
}

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
    checks.push_back(order_check(
        fmt::format("conserved_{}", watched_entropies()[e]),
        fmt::format("lambda = 0: change of D(q_t|p_t) from T to t_0, {}", watched_entropies()[e]),
        last_order(drift), "V18"));
  }
  const auto quantiles = ladder.values(flow, [](const DensityEnd& end) { return end.quantiles; });
  if (quantiles.back() == 0) return;
  checks.push_back(order_check("quantiles",
                               "lambda = 0 keeps quantiles: rms of Q_t0 - Q_T at equal values of "
                               "P, distribution functions of q and p",
                               last_order(quantiles), "V18"));
  const double bound = quantiles[quantiles.size() - 2] / std::pow(2, 2 - slack);
  checks.push_back({.name = "control_quantiles",
                    .claim = "drift doubled with no noise: rms of Q_t0 - Q_T, against ten times "
                             "what the order makes of that of lambda = 0 on the grid before",
                    .measured = ladder.finest().ends[doubled].quantiles,
                    .relation = Relation::at_least,
                    .bound = 10 * bound,
                    .is_control = true,
                    .statement = "V18"});
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
        fmt::format("{}: KL(q|p_t0) with cells and steps halved, tends to {:.6g} +- {:.2g}",
                    one.words, limit.value, limit.remaining),
        limit.order, "V19"));
    if (one.lambda == 0) continue;
    double rise = 0;
    for (const auto& rung : ladder.rungs) raise(rise, rung.ends[m].rise);
    checks.push_back(
        {.name = "contracts_" + one.name,
         .claim = fmt::format("{}: largest rise of KL(q_t|p_t) in a step back", one.words),
         .measured = rise,
         .bound = 1e-14,
         .statement = "V19"});
  }
  add_conserved(checks, plan, ladder);
  return checks;
}

Checks time_checks(const DensityPlan& plan, const DensityLadder& ladder) {
  Checks checks;
  for (std::size_t m = 0; m < plan.motions.size(); ++m) {
    const NamedMotion& one = plan.motions[m];
    if (one.motion.noise == 0) continue;
    checks.push_back(order_check("time_" + one.name,
                                 one.words + ": L1 difference of two numbers of steps on one grid",
                                 last_order(ladder.time_differences(m)), "V19"));
  }
  return checks;
}

Checks closed_form_checks(const Clusters& clusters, const DensityPlan& plan,
                          const DensityLadder& ladder) {
  Checks checks;
  for (std::size_t m = 0; m < plan.motions.size(); ++m) {
    const NamedMotion& one = plan.motions[m];
    const auto exact = normal_entropy(clusters, plan, one);
    if (!exact || is_doubled(one)) continue;
    const Limit limit = ladder.limit(m);
    std::string words =
        fmt::format("{}: KL(q|p_t0) extrapolated against {:.6g} in closed form", one.words, *exact);
    if (one.printed) {
      words += fmt::format(", which tends to (lambda - 1 - ln lambda)/2 = {:.6f} an axis",
                           (one.lambda - 1 - std::log(one.lambda)) / 2);
    }
    checks.push_back({.name = "closed_form_" + one.name,
                      .claim = words,
                      .measured = std::abs(limit.value - *exact),
                      .bound = limit.remaining + 1e-12,
                      .statement = "V19"});
  }
  return checks;
}

}  // namespace feller
