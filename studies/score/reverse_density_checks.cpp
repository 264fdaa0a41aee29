#include "studies/score/reverse_density_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "discretisation/restriction.hpp"
#include "solvers/functionals.hpp"
#include "studies/score/reverse_law.hpp"

namespace feller {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// What order 4 (of the square of an error of order 2) makes of the grid before.
double entropy_bound(const DensityLadder& ladder, std::size_t m) {
  const auto values = ladder.values(m, [](const DensityEnd& end) { return end.exact_entropy; });
  return values[values.size() - 2] / std::pow(2, 4 - 2 * order_slack);
}

}  // namespace

double last_order(const std::vector<double>& errors) {
  return std::log2(errors[errors.size() - 2] / errors.back());
}

Check order_check(const std::string& name, const std::string& claim, double order,
                  const std::string& statement) {
  return {.name = name,
          .claim = claim + fmt::format(": |observed order - 2|, order {:.3f}", order),
          .measured = std::abs(order - 2),
          .bound = order_slack,
          .statement = statement};
}

std::size_t index_of(const DensityPlan& plan, double lambda) {
  const auto found = std::ranges::find_if(plan.motions, [&](const NamedMotion& one) {
    return keeps_laws(one) && one.lambda == lambda;
  });
  return static_cast<std::size_t>(found - plan.motions.begin());
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
          .misprint = "McAllester, (23)"};
}

std::vector<double> DensityLadder::entropies(std::size_t motion) const {
  return values(motion, [](const DensityEnd& end) { return end.entropy.back(); });
}

Limit DensityLadder::limit(std::size_t motion) const {
  return richardson(entropies(motion), 2, 2);
}

std::vector<double> DensityLadder::differences(std::size_t motion) const {
  std::vector<double> all;
  for (std::size_t l = 0; l + 1 < rungs.size(); ++l) {
    const Field &coarse = rungs[l].ends[motion].density, &fine = rungs[l + 1].ends[motion].density;
    all.push_back(l1_distance(coarse, densities_of(restricted(masses_of(fine), coarse.grid()))));
  }
  return all;
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

namespace {

/// The worst of all processes on all rungs.
struct Invariants {
  double mass = 0, beyond = 0, allowed = 0;
  double least = std::numeric_limits<double>::infinity(), least_of_others = least;
};

double rounding_of(const DensityRung& rung) {
  return epsilon * (rung.products + rung.langevin_products);
}

Invariants invariants_of(const DensityPlan& plan, const DensityLadder& ladder) {
  Invariants worst;
  for (const auto& rung : ladder.rungs) {
    raise(worst.allowed, rounding_of(rung) * std::exp(rung.change));
    for (std::size_t m = 0; m < plan.motions.size(); ++m) {
      const DensityEnd& end = rung.ends[m];
      raise(worst.mass, end.mass_defect);
      lower(keeps_laws(plan.motions[m]) ? worst.least : worst.least_of_others, end.least);
      raise(worst.beyond, end.beyond);
    }
  }
  return worst;
}

Checks back_to_start_checks(const DensityRung& finest) {
  return {{.name = "back_to_start",
           .claim = "from the grid's own p_T every lambda leads back to its p_t0: L1 distance on "
                    "the finest grid, a rounding a product",
           .measured = finest.free_l1,
           .bound = rounding_of(finest),
           .statement = "V19"},
          {.name = "back_to_start_in_tails",
           .claim = fmt::format("the same, max |q/p - 1| in any cell, where p falls by e^{:.3g} at "
                                "most in a step",
                                finest.change),
           .measured = finest.free_ratio,
           .bound = rounding_of(finest) * std::exp(finest.change),
           .statement = "V19"}};
}

}  // namespace

Checks invariant_checks(const DensityPlan& plan, const DensityLadder& ladder) {
  const Invariants worst = invariants_of(plan, ladder);
  Checks checks{{.name = "mass",
                 .claim = "largest |mass - 1| of any process at any time on any grid",
                 .measured = worst.mass,
                 .bound = 1e-12,
                 .statement = "V19"},
                {.name = "positivity",
                 .claim = "least density at any time on any grid, for noise sqrt(lambda)",
                 .measured = worst.least,
                 .relation = Relation::greater,
                 .bound = 0,
                 .statement = "V19"}};
  for (const auto& check : back_to_start_checks(ladder.finest())) checks.push_back(check);
  checks.push_back({.name = "maximum_principle",
                    .claim = "how far q/p leaves the range that it has at T, over its largest "
                             "value, for noise sqrt(lambda)",
                    .measured = worst.beyond,
                    .bound = worst.allowed,
                    .statement = "V19"});
  if (std::isfinite(worst.least_of_others)) {
    checks.push_back({.name = "positivity_of_controls",
                      .claim = "least density of the wrong processes, whose tails may be too small "
                               "for a number",
                      .measured = worst.least_of_others,
                      .relation = Relation::at_least,
                      .bound = 0});
  }
  return checks;
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
                                 one.words + ": L1 error to the exact p_t0 as cells and steps are "
                                             "halved, that of the stored forward solution, as "
                                             "q/p = 1 is kept by construction",
                                 last_order(errors), "V19"));
    checks.push_back({.name = "kl_" + one.name,
                      .claim = fmt::format("{}: KL(q|exact p_t0) on the finest grid, that of the "
                                           "stored forward solution, against what order 4, that "
                                           "of a squared error, makes of the grid before",
                                           one.words),
                      .measured = ladder.finest().ends[m].exact_entropy,
                      .bound = entropy_bound(ladder, m),
                      .statement = "V19"});
  }
  return checks;
}

Checks time_checks(const DensityPlan& plan, const DensityLadder& ladder) {
  Checks checks;
  for (std::size_t m = 0; m < plan.motions.size(); ++m) {
    const NamedMotion& one = plan.motions[m];
    if (one.motion.noise == 0 || !keeps_laws(one)) continue;
    checks.push_back(
        order_check("time_" + one.name,
                    one.words + " from N(0, T): L1 difference of two numbers of steps on one grid",
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
