#include "studies/score/reverse_normal_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/chain/normal_scores.hpp"
#include "studies/score/reverse_limit.hpp"

namespace feller {
namespace {

constexpr const char* printed_label = "McAllester, (23)";
/// An order p by the finest two grids; the next order has a share s of the error 16 times as
/// coarse, so s/16 of that of the last but one, which shifts the order by less than twice that.
void add_order(Judged& judged, const NamedMotion& one, int p, const FineLadder& ladder,
               const NormalState& population, double exact) {
  std::vector<double> errors;
  for (const auto& end : ladder.ends) errors.push_back(second_about(population, end) - exact);
  const double rounding = ladder.round_off(exact) / std::abs(errors[5]);
  if (!(rounding < 0.1)) {
    judged.left_out.push_back(fmt::format("order_{}: left out, the error on {} steps is round-off",
                                          one.name, ladder.steps));
    return;
  }
  const double share = std::abs(errors[0] / (errors[5] * std::pow(32, p)) - 1);
  judged.checks.push_back(
      {.name = "order_" + one.name,
       .claim = fmt::format("{}: |order of E|z - mu|^2 in the time step - {}| by the recursion, {} "
                            "and {} steps; twice the share of the next order, by {} steps",
                            one.words, p, ladder.steps / 2, ladder.steps, ladder.steps / 32),
       .measured = std::abs(std::log2(errors[4] / errors[5]) - p),
       .bound = share / 8 + 4 * rounding,
       .statement = "V19"});
}

void add_limit(Judged& judged, const NamedMotion& one, int p, const FineLadder& ladder,
               const NormalState& population, double exact) {
  const double last = second_about(population, ladder.limit(5, p));
  const double before = second_about(population, ladder.limit(4, p));
  // Grids this fine leave less than 1e-4; anything else is no limit.
  judged.checks.push_back(
      {.name = "limit_" + one.name,
       .claim = fmt::format("{}: E|z - mu|^2 as dt -> 0, extrapolated, {:.9g}, against {:.9g} in "
                            "closed form",
                            one.words, last, exact),
       .measured = std::abs(last - exact),
       .bound = std::min(std::abs(last - before), 1e-4 * exact) + ladder.round_off(exact),
       .statement = "V19"});
}

void add_entropy(Judged& judged, const ReverseLaw& law, const LadderPlan& plan,
                 const NamedMotion& one, const FineLadder& ladder) {
  const int p = order(plan.scheme);
  const double T = plan.times.front(), t0 = plan.times.back(), lambda = one.lambda;
  const NormalState& population = *law.population;
  const NormalState goal{population.mean, population.variance + t0};
  const EntropyLimit found = entropy_limit(ladder, p, goal);
  const double here = relative_entropy(printed_end(population, law.start, T, t0, lambda), goal);
  judged.checks.push_back(
      {.name = "kl_" + one.name,
       .claim =
           fmt::format("{}: KL(q|p) at t_0 as dt -> 0, against {:.6f} in closed form, T = {:g}",
                       one.words, here, T),
       .measured = std::abs(found.value - here),
       .bound = found.remainder,
       .statement = "V19"});
  const double truth = relative_entropy(corrected_end(population, law.start, T, t0, lambda), goal);
  const EntropyLimit right = entropy_limit(
      fine_ladder(population, law.start, plan.times, reverse_motion(lambda), plan.scheme), p, goal);
  const Check control{
      .name = "control_" + one.name,
      .claim = fmt::format("KL(q|p) at t_0 as dt -> 0 with the noise lambda as (23) prints it, "
                           "{:.6g} for lambda = {}, against that with sqrt(lambda), {:.2g}",
                           found.value, lambda, truth),
      .measured = std::abs(found.value - truth),
      .relation = Relation::at_least,
      .bound = 10 * right.remainder,
      .is_control = true,
      .statement = "V19",
      .misprint = printed_label};
  if (std::abs(here - truth) > 2 * control.bound) {
    judged.checks.push_back(control);
  } else {
    judged.left_out.push_back(fmt::format("{}: left out, in closed form they differ by {:.2g} only",
                                          control.name, std::abs(here - truth)));
  }
}

/// The particles themselves against what the law of the scheme is on the same steps.
void add_recursion(Judged& judged, const ReverseLaw& law, const LadderPlan& plan,
                   const std::vector<NamedMotion>& motions,
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
  const auto looks = static_cast<double>(motions.size());
  judged.checks.push_back(
      {.name = "recursion",
       .claim = fmt::format("particles in {} dimension(s) against the scheme's own variance, worst "
                            "of {} motions on {} grids, in standard errors",
                            law.clusters.dimension, motions.size(), plan.levels),
       .measured = second,
       .bound = worst_of(looks * plan.levels),
       .statement = "V19"});
  judged.checks.push_back(
      {.name = "mean",
       .claim =
           "mean of the particles against (m_T - mu)(a_0/a_T)^((1 + lambda)/2) by the scheme's "
           "steps, worst of all motions, in standard errors",
       .measured = first,
       .bound = worst_of(looks),
       .statement = "V19"});
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
    ladder.push_back(second_about(
        *law.population,
        stepped_normal(*law.population, law.start, plan.times,
                       static_cast<std::size_t>(plan.strides(l)), motion, plan.scheme)));
  }
  return ladder;
}

Judged normal_checks(const ReverseLaw& law, const LadderPlan& plan,
                     const std::vector<NamedMotion>& motions,
                     const std::vector<LadderResult>& results) {
  Judged judged;
  add_recursion(judged, law, plan, motions, results);
  const double T = plan.times.front(), t0 = plan.times.back();
  const int p = order(plan.scheme);
  for (const auto& one : motions) {
    const auto ladder =
        fine_ladder(*law.population, law.start, plan.times, one.motion, plan.scheme);
    const auto end = one.printed ? printed_end : corrected_end;
    const double exact =
        second_about(*law.population, end(*law.population, law.start, T, t0, one.lambda));
    add_order(judged, one, p, ladder, *law.population, exact);
    add_limit(judged, one, p, ladder, *law.population, exact);
    if (one.printed) add_entropy(judged, law, plan, one, ladder);
  }
  return judged;
}

}  // namespace feller
