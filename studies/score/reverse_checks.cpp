#include "studies/score/reverse_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/score/reverse_start.hpp"

namespace feller {
namespace {

constexpr const char* printed_label = "McAllester, (23)";
/// For the noise of the run, where an effect is judged by its expected size.
constexpr double margin = 1.25;

/// Makes a check of a claim the control that the printed noise fails it tenfold.
Check control_of(Check check) {
  check.name = "control_" + check.name;
  check.relation = Relation::at_least;
  check.bound *= 10;
  check.is_control = true;
  check.misprint = printed_label;
  return check;
}

void add_order(Judged& judged, const ReverseLaw& law, const LadderPlan& plan,
               const NamedMotion& one, const LadderResult& result) {
  const int p = order(plan.scheme);
  double bound = HUGE_VAL, x = 0;
  Estimate found;
  int level = 0;
  for (int l = 0; l + 2 < plan.levels; ++l) {
    const double length = relative_step(law, plan, one.motion, plan.strides(l));
    const Estimate here = result.order(l);
    if (!(length + 4 * here.error < bound)) continue;
    bound = length + 4 * here.error;
    x = length;
    found = here;
    level = l;
  }
  if (!(bound <= longest_step)) {
    judged.left_out.push_back(
        fmt::format("order_{}: left out, x and 4 standard errors are {:.2g} at best, more than {}",
                    one.name, bound, longest_step));
    return;
  }
  judged.checks.push_back(
      {.name = "order_" + one.name,
       .claim = fmt::format("{}: |order of E|z - mu|^2 in the time step - {}| on {}, {} and {} "
                            "steps; x = {:.2g} and 4 standard errors",
                            one.words, p, plan.steps(level), plan.steps(level + 1),
                            plan.steps(level + 2), x),
       .measured = std::abs(found.value - p),
       .bound = bound,
       .statement = "V19"});
}

void add_limit(Judged& judged, const ReverseLaw& law, const LadderPlan& plan,
               const NamedMotion& one, const LadderResult& result, double x, double exact) {
  const int p = order(plan.scheme);
  if (x > longest_step) {
    judged.left_out.push_back(
        fmt::format("limit_{}: left out, steps too long (x = {:.2g})", one.name, x));
    return;
  }
  const Estimate found = result.extrapolated(p);
  // What extrapolation leaves is of the next order; more than x^p would be no ladder.
  const double tolerance = 4 * found.error + std::min(result.remainder(p), std::pow(x, p) * exact);
  Check limit{.name = "limit_" + one.name,
              .claim = fmt::format("{}: E|z - mu|^2/n at t_0 as dt -> 0, {:.6g}, against {:.6g}; 4 "
                                   "standard errors and what the extrapolation leaves",
                                   one.words, found.value, exact),
              .measured = std::abs(found.value - exact),
              .bound = tolerance,
              .statement = "V19"};
  if (one.printed) {
    limit = control_of(limit);
    const double expected = printed_effect(law, plan, one.lambda).shift;
    if (expected < margin * limit.bound) {
      judged.left_out.push_back(
          fmt::format("{}: left out, a shift of about {:.2g} is expected, {:.2g} could be told",
                      limit.name, expected, limit.bound));
      return;
    }
  }
  judged.checks.push_back(limit);
}

/// Particles in cells against the law where they end.
void add_cells(Judged& judged, const ReverseLaw& law, const LadderPlan& plan,
               const NamedMotion& one, const LadderResult& result, const CellCounts& counts,
               const Law& end) {
  const Estimate& finest = result.second.back();
  const double late = std::abs(finest.value - result.extrapolated(order(plan.scheme)).value);
  if (!one.printed && late > finest.error) {
    judged.left_out.push_back(
        fmt::format("cells_{}: left out, the finest steps are too long: their error {:.2g} exceeds "
                    "the standard error {:.2g}",
                    one.name, late, finest.error));
    return;
  }
  const CellTest found = counts.test(end);
  Check check{.name = "cells_" + one.name,
              .claim = fmt::format("{}: chi-square of the particles in {:.0f} cells against the "
                                   "exact law at t_0",
                                   one.words, found.freedom + 1),
              .measured = found.square,
              .bound = found.bound(),
              .statement = "V19"};
  if (one.printed) {
    check = control_of(check);
    const double expected =
        static_cast<double>(plan.particles) * printed_effect(law, plan, one.lambda).square;
    if (expected < margin * check.bound) {
      judged.left_out.push_back(
          fmt::format("{}: left out, about {:.2g} is expected, {:.2g} could be told", check.name,
                      expected, check.bound));
      return;
    }
  }
  judged.checks.push_back(check);
}

/// The start's distance to p_T cannot grow to p_t0 under one and the same motion.
void add_contraction(Judged& judged, const ReverseLaw& law, const LadderPlan& plan,
                     const NamedMotion& one, const CellCounts& counts) {
  // A law with the entropy D to p has a variance of ln(q/p) near 2 D.
  const auto number = static_cast<double>(plan.particles);
  const double freedom = counts.test(*law.goal).freedom;
  const double error = std::sqrt(2 * law.start_entropy / number + freedom / (2 * number * number));
  Check check{.name = "entropy_" + one.name,
              .claim = fmt::format("{}: KL(q|p) at t_0 by the cells, at most that of N(0, T) to "
                                   "p_T, {:.4g}, and 4 standard errors",
                                   one.words, law.start_entropy),
              .measured = counts.divergence(*law.goal),
              .bound = law.start_entropy + 4 * error,
              .statement = "V19"};
  if (one.printed) {
    check = control_of(check);
    const double expected = printed_effect(law, plan, one.lambda).entropy;
    if (expected < margin * check.bound) {
      judged.left_out.push_back(
          fmt::format("{}: left out, about {:.2g} is expected, {:.2g} could be told", check.name,
                      expected, check.bound));
      return;
    }
  }
  judged.checks.push_back(check);
}

}  // namespace

ReverseLaw reverse_law(const Clusters& clusters, const LadderPlan& plan,
                       const std::vector<NamedMotion>& motions, std::shared_ptr<const Law> goal) {
  const double T = plan.times.front(), t0 = plan.times.back();
  const double mean = clusters.mean().front();
  ReverseLaw law{.clusters = clusters, .ends = {}, .goal = std::move(goal)};
  if (!plan.exact_start) law.start_entropy = start_entropy(clusters, T);
  for (const auto& one : motions) {
    KnownEnd end;
    if (plan.exact_start) {
      end = {law.goal, clusters.variance() + t0};
    } else if (clusters.dimension == 1 && !one.printed && (one.lambda == 0 || one.lambda == 1)) {
      end.law =
          one.lambda == 0 ? flow_from_normal(clusters, T, t0) : bridge_from_normal(clusters, T, t0);
      const Moments moments = end.law->moments();
      end.second = moments.covariance[0][0] + std::pow(moments.mean[0] - mean, 2);
    }
    law.ends.push_back(end);
  }
  // About its own mean, one axis is like the other; from N(0, T) they are if n is 1.
  if (clusters.size() == 1 && (plan.exact_start || clusters.dimension == 1)) {
    const double variance = clusters.variances.front();
    law.population = NormalState{mean, variance};
    law.start = plan.exact_start ? NormalState{mean, variance + T} : NormalState{0, T};
  }
  return law;
}

double relative_step(const ReverseLaw& law, const LadderPlan& plan, const ReverseMotion& motion,
                     int stride) {
  const double narrowest = *std::ranges::min_element(law.clusters.variances);
  const auto step = static_cast<std::size_t>(stride);
  double largest = 0;
  for (std::size_t i = 0; i + 1 < plan.times.size(); i += step) {
    const std::size_t next = std::min(i + step, plan.times.size() - 1);
    const double dt = plan.times[i] - plan.times[next];
    largest = std::max(largest, motion.drift * dt / (narrowest + plan.times[next]));
  }
  return largest;
}

PrintedEffect printed_effect(const ReverseLaw& law, const LadderPlan& plan, double lambda) {
  const double T = plan.times.front(), t0 = plan.times.back(), v = law.clusters.variance();
  const auto of = [&](double variance, double from) {
    const double goal = variance + t0;
    const NormalState end = printed_end({0, variance}, {0, variance + from}, from, t0, lambda);
    const double v_ratio = end.variance / goal, room = v_ratio * (2 - v_ratio);
    const double entropy = relative_entropy(end, {0, goal});
    return PrintedEffect{
        .shift = std::abs(end.variance - goal),
        .entropy = entropy,
        .square = room > 0 ? std::min(2 * entropy, 1 / std::sqrt(room) - 1) : 2 * entropy};
  };
  const PrintedEffect whole = of(v, T);
  if (law.clusters.size() == 1) return whole;
  PrintedEffect within;
  const auto shares = law.clusters.shares();
  const double apart = std::clamp(v, t0, T);
  for (std::size_t k = 0; k < shares.size(); ++k) {
    const PrintedEffect one = of(law.clusters.variances[k], apart);
    within.shift += shares[k] * one.shift;
    within.entropy += shares[k] * one.entropy;
    within.square += shares[k] * one.square;
  }
  return {std::min(whole.shift, within.shift), std::min(whole.entropy, within.entropy),
          std::min(whole.square, within.square)};
}

Judged ladder_checks(const ReverseLaw& law, const LadderPlan& plan,
                     const std::vector<NamedMotion>& motions,
                     const std::vector<LadderResult>& results) {
  Judged judged;
  for (std::size_t m = 0; m < motions.size(); ++m) {
    const double x = relative_step(law, plan, motions[m].motion, plan.strides(plan.levels - 3));
    add_order(judged, law, plan, motions[m], results[m]);
    if (!law.ends[m].second) continue;
    add_limit(judged, law, plan, motions[m], results[m], x, *law.ends[m].second);
  }
  return judged;
}

Judged cell_checks(const ReverseLaw& law, const LadderPlan& plan,
                   const std::vector<NamedMotion>& motions,
                   const std::vector<LadderResult>& results,
                   const std::vector<CellCounts>& counts) {
  Judged judged;
  for (std::size_t m = 0; m < motions.size(); ++m) {
    const NamedMotion& one = motions[m];
    if (law.ends[m].law) {
      add_cells(judged, law, plan, one, results[m], counts[m], *law.ends[m].law);
    }
    if (!plan.exact_start) add_contraction(judged, law, plan, one, counts[m]);
  }
  return judged;
}

}  // namespace feller
