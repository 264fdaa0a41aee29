#include "studies/score/reverse_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace feller {
namespace {

constexpr const char* printed_label = "McAllester, (23)";

/// Values on a ladder: the observed order, the extrapolated value, and by how much the last two
/// extrapolated values differ.
struct Extrapolation {
  double order, value, remainder;
};

Extrapolation extrapolate(const std::vector<double>& values, int order) {
  const double over = std::pow(2, order) - 1;
  const std::size_t n = values.size();
  const double d = values[n - 2] - values[n - 1], before = values[n - 3] - values[n - 2];
  const double last = values[n - 1] - d / over, previous = values[n - 2] - before / over;
  return {std::log2(before / d), last, std::abs(last - previous)};
}

/// KL(q|p) at t_0 as dt -> 0: that of the extrapolated mean and variance, which come with the order
/// of the scheme earlier than their relative entropy, a nonlinear function of them, does.
Extrapolation extrapolate_entropy(const ReverseLaw& law, const LadderPlan& plan,
                                  const ReverseMotion& motion) {
  const double over = std::pow(2, order(plan.scheme)) - 1;
  std::vector<NormalState> ends;
  for (int l = plan.levels - 3; l < plan.levels; ++l) {
    ends.push_back(stepped_normal(*law.population, law.start, plan.times,
                                  static_cast<std::size_t>(plan.strides(l)), motion, plan.scheme));
  }
  const NormalState goal{law.population->mean, law.population->variance + plan.times.back()};
  const auto at = [&](const NormalState& coarse, const NormalState& fine) {
    return relative_entropy({fine.mean + (fine.mean - coarse.mean) / over,
                             fine.variance + (fine.variance - coarse.variance) / over},
                            goal);
  };
  const double last = at(ends[1], ends[2]);
  return {0, last, std::abs(last - at(ends[0], ends[1]))};
}

Check order_check(const NamedMotion& one, int order, double found, double error) {
  return {.name = "order_" + one.name,
          .claim = fmt::format("{}: |order of E|z - mu|^2 in the time step - {}| on the finest "
                               "three grids{}",
                               one.words, order,
                               error > 0 ? ", 4 standard errors and 0.1" : " by the recursion"),
          .measured = std::abs(found - order),
          .bound = 0.1 + 4 * error,
          .statement = "V19"};
}

/// The particles themselves against what the law of the scheme is on the same steps.
void add_recursion(Checks& checks, const ReverseLaw& law, const LadderPlan& plan,
                   std::size_t dimension, const std::vector<NamedMotion>& motions,
                   const std::vector<LadderResult>& results) {
  double second = 0, first = 0;
  for (std::size_t m = 0; m < motions.size(); ++m) {
    const auto ladder = second_ladder(law, plan, motions[m].motion);
    for (std::size_t l = 0; l < ladder.size(); ++l) {
      const Estimate& found = results[m].second[l];
      raise(second, std::abs(found.value - ladder[l]) / found.error);
    }
    const NormalState end =
        stepped_normal(*law.population, law.start, plan.times, 1, motions[m].motion, plan.scheme);
    raise(first, std::abs(results[m].first.value - (end.mean - law.population->mean)) /
                     results[m].first.error);
  }
  checks.push_back({.name = "recursion",
                    .claim = fmt::format("particles in {} dimension(s) against the scheme's own "
                                         "variance, every lambda and grid, in standard errors",
                                         dimension),
                    .measured = second,
                    .bound = 4,
                    .statement = "V19"});
  checks.push_back({.name = "mean",
                    .claim = "mean of the particles against (m_T - mu)(a_0/a_T)^((1 + lambda)/2) "
                             "by the scheme's steps, every lambda, in standard errors",
                    .measured = first,
                    .bound = 4,
                    .statement = "V19"});
}

/// A normal population: the limit dt -> 0 without any error of sampling.
void add_normal(Checks& checks, const ReverseLaw& law, const LadderPlan& plan,
                const std::vector<NamedMotion>& motions) {
  const double a = law.population->variance + plan.times.back();
  for (const auto& one : motions) {
    const int p = order(plan.scheme);
    const auto found = extrapolate(second_ladder(law, plan, one.motion), p);
    checks.push_back(order_check(one, p, found.order, 0));
    const NormalState end = reversed_normal(*law.population, law.start, plan.times.front(),
                                            plan.times.back(), one.motion);
    const double exact = end.variance + std::pow(end.mean - law.population->mean, 2);
    checks.push_back(
        {.name = "limit_" + one.name,
         .claim = fmt::format("{}: variance as dt -> 0, extrapolated, against {:.6g} in closed "
                              "form",
                              one.words, exact),
         .measured = std::abs(found.value - exact),
         .bound = found.remainder + 1e-12 * exact,
         .statement = "V19"});
    if (!one.printed) continue;
    const auto entropy = extrapolate_entropy(law, plan, one.motion);
    const double limit = (one.lambda - 1 - std::log(one.lambda)) / 2;
    const double here = relative_entropy(end, {law.population->mean, a});
    checks.push_back(
        {.name = fmt::format("kl_{}", one.name),
         .claim = fmt::format("{}: KL(q|p) at t_0 as dt -> 0, against {:.6f} in closed form, which "
                              "tends to (lambda - 1 - ln lambda)/2 = {:.6f} as T/t_0 grows",
                              one.words, here, limit),
         .measured = std::abs(entropy.value - here),
         .bound = entropy.remainder + 1e-12,
         .statement = "V19"});
    const auto right = extrapolate_entropy(law, plan, reverse_motion(one.lambda));
    const NormalState goal = reversed_normal(*law.population, law.start, plan.times.front(),
                                             plan.times.back(), reverse_motion(one.lambda));
    const double truth = relative_entropy(goal, {law.population->mean, a});
    checks.push_back(
        {.name = fmt::format("control_{}", one.name),
         .claim = fmt::format("KL(q|p) at t_0 as dt -> 0 with the noise lambda as McAllester's "
                              "(23) prints it, {:.6g} for lambda = {}, against that with "
                              "sqrt(lambda), {:.2g}",
                              entropy.value, one.lambda, truth),
         .measured = std::abs(entropy.value - truth),
         .relation = Relation::at_least,
         .bound = 10 * right.remainder + 1e-9,
         .is_control = true,
         .statement = "V19",
         .misprint = printed_label});
  }
}

}  // namespace

std::vector<double> entropy_ladder(const ReverseLaw& law, const LadderPlan& plan,
                                   const ReverseMotion& motion) {
  std::vector<double> ladder;
  const NormalState goal{law.population->mean, law.population->variance + plan.times.back()};
  for (int l = 0; l < plan.levels; ++l) {
    ladder.push_back(relative_entropy(
        stepped_normal(*law.population, law.start, plan.times,
                       static_cast<std::size_t>(plan.strides(l)), motion, plan.scheme),
        goal));
  }
  return ladder;
}

std::vector<double> second_ladder(const ReverseLaw& law, const LadderPlan& plan,
                                  const ReverseMotion& motion) {
  std::vector<double> ladder;
  for (int l = 0; l < plan.levels; ++l) {
    const NormalState end =
        stepped_normal(*law.population, law.start, plan.times,
                       static_cast<std::size_t>(plan.strides(l)), motion, plan.scheme);
    ladder.push_back(end.variance + std::pow(end.mean - law.population->mean, 2));
  }
  return ladder;
}

Checks ladder_checks(const ReverseLaw& law, const LadderPlan& plan, std::size_t dimension,
                     const std::vector<NamedMotion>& motions,
                     const std::vector<LadderResult>& results) {
  Checks checks;
  if (law.population) {
    add_recursion(checks, law, plan, dimension, motions, results);
    add_normal(checks, law, plan, motions);
    return checks;
  }
  const int p = order(plan.scheme);
  for (std::size_t m = 0; m < motions.size(); ++m) {
    const NamedMotion& one = motions[m];
    const Estimate found = results[m].extrapolated(p), rate = results[m].order();
    const double tolerance = 4 * found.error + results[m].remainder(p);
    checks.push_back(order_check(one, p, rate.value, rate.error));
    if (!law.second) continue;
    Check limit{.name = "limit_" + one.name,
                .claim = fmt::format("{}: E|z - mu|^2/n at t_0 as dt -> 0, against that of p_t0, "
                                     "{:.6g}; 4 standard errors and what the extrapolation "
                                     "leaves",
                                     one.words, *law.second),
                .measured = std::abs(found.value - *law.second),
                .bound = tolerance,
                .statement = "V19"};
    if (one.printed) {
      limit.name = "control_" + one.name;
      limit.relation = Relation::at_least;
      limit.bound = 10 * tolerance;
      limit.is_control = true;
      limit.misprint = printed_label;
    }
    checks.push_back(limit);
  }
  return checks;
}

Checks quantile_checks(const LadderPlan& plan, const std::vector<double>& errors,
                       const std::vector<double>& doubled) {
  const int p = order(plan.scheme);
  const std::size_t n = errors.size();
  const double found = std::log2(errors[n - 2] / errors[n - 1]);
  return {{.name = "quantiles",
           .claim = fmt::format("lambda = 0 keeps quantiles: |order of rms(F_t0(z) - F_T(z_T)) in "
                                "the time step - {}| on the finest two grids",
                                p),
           .measured = std::abs(found - p),
           .bound = 0.1,
           .statement = "V18"},
          // The first two errors are in the ratio 2^p only where steps are short.
          {.name = "quantiles_kept",
           .claim = "rms of F_t0(z) - F_T(z_T) on the finest grid, against what the order makes of "
                    "the grid before",
           .measured = errors[n - 1],
           .bound = errors[n - 2] / std::pow(2, p - 0.1),
           .statement = "V18"},
          {.name = "control_quantiles",
           .claim = "drift doubled with no noise: rms of F_t0(z) - F_T(z_T) on the finest grid",
           .measured = doubled[n - 1],
           .relation = Relation::at_least,
           .bound = 10 * errors[n - 2] / std::pow(2, p - 0.1),
           .is_control = true,
           .statement = "V18"}};
}

}  // namespace feller
