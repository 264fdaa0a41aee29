#include "studies/score/schedule_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/score/reverse_law.hpp"

namespace feller {
namespace {

/// Of N^power KL by the two finest rungs: the order in 1/N, and the limit, if it has an expansion
/// in 1/N, with the last change of that.
struct Trend {
  double order, limit, change;
  /// Of the order: twice the share of what is beyond the leading term.
  double bound;
};

Trend trend_of(const std::vector<Rung>& ladder, double Rung::*value, int power, double rounding) {
  const auto scaled = [&](std::size_t i) {
    return std::pow(ladder[i].steps, power) * ladder[i].*value;
  };
  const std::size_t last = ladder.size() - 1;
  const auto limit = [&](std::size_t fine) { return 2 * scaled(fine) - scaled(fine - 1); };
  Trend trend{};
  trend.order = power + std::log2(scaled(last - 1) / scaled(last));
  trend.limit = limit(last);
  trend.change =
      std::abs(trend.limit - limit(last - 1)) + 2 * std::pow(ladder.back().steps, power) * rounding;
  trend.bound = 2 * (std::abs(scaled(last - 1) - trend.limit) + trend.change) / trend.limit;
  return trend;
}

Check order_check(const std::string& name, const std::string& of, const Trend& trend, int order) {
  return {.name = name,
          .claim = fmt::format("order {:.4f} of the KL of {} in 1/N, its distance from {}; bound "
                               "twice the share of the next order",
                               trend.order, of, order),
          .measured = std::abs(trend.order - order),
          .bound = trend.bound,
          .statement = "V14"};
}

/// What the claim of the optimum's value is granted: the last change, and the error of the length.
double value_bound(const StepCost& cost, const std::vector<Rung>& ladder) {
  return trend_of(ladder, &Rung::optimal, 1, cost.path_rounding()).change +
         2 * cost.length_error() * cost.length() * cost.length();
}

}  // namespace

Checks schedule_checks(const StepCost& cost, const std::vector<Rung>& ladder) {
  Checks checks;
  const double limit = cost.length() * cost.length(), rounding = cost.path_rounding();
  const Trend optimal = trend_of(ladder, &Rung::optimal, 1, rounding);
  checks.push_back(
      {.name = "optimal_value",
       .claim = fmt::format("N KL of the path on the optimal grid, extrapolated to "
                            "{:.6g}: |distance from (int sqrt c dt)^2 = {:.6g}|; bound "
                            "its last change, and the error of the integral",
                            optimal.limit, limit),
       .measured = std::abs(optimal.limit - limit),
       .bound = value_bound(cost, ladder),
       .statement = "V14"});
  checks.push_back(order_check("order_path_optimal", "the path, optimal grid,", optimal, 1));
  checks.push_back(order_check("order_path_log", "the path, uniform in ln t,",
                               trend_of(ladder, &Rung::logarithmic, 1, rounding), 1));
  const Rung& rung = ladder[2];
  checks.push_back({.name = "optimal_is_least",
                    .claim = fmt::format("KL of the path, {} steps: optimal {:.5g}, uniform in "
                                         "ln t {:.5g}, in t {:.5g}; the first over the smaller of "
                                         "the others, bound 1 and the share of the next order",
                                         rung.steps, rung.optimal, rung.logarithmic, rung.uniform),
                    .measured = rung.optimal / std::min(rung.logarithmic, rung.uniform),
                    .bound = 1 + std::abs(rung.steps * rung.optimal / limit - 1) +
                             value_bound(cost, ladder) / limit,
                    .statement = "V14"});
  return checks;
}

Check curvature_check(const StepCost& cost, double first, double last) {
  constexpr double reach = 1e-3;
  double worst = 0;
  for (const double t : log_times(first, last, 20)) {
    const auto slope = [&](double by) {
      return (cost.fisher(t * (1 - by)) - cost.fisher(t * (1 + by))) / (8 * by * t);
    };
    const double near = slope(reach), rounding = 1e-13 + 1e-12 * cost.fisher(t);
    const double granted = std::abs(slope(2 * reach) - near) + rounding / (4 * reach * t);
    raise(worst, std::abs(cost.curvature(t) - near) / granted);
  }
  return {.name = "curvature",
          .claim =
              "E((ln p_t)'')^2/4 = -J'/4 by central differences of J: largest distance over "
              "the change from twice their width, and round-off",
          .measured = worst,
          .bound = 1,
          .statement = "V14"};
}

namespace {

/// By the recursion of Euler and Maruyama's scheme with lambda = 1, which is (7).
Check end_check(double variance, double first, double last, const std::vector<Rung>& ladder) {
  double worst = 0;
  const NormalState population{0, variance}, goal{0, variance + first};
  for (const Rung& rung : ladder) {
    Times down = log_times(first, last, rung.steps);
    std::ranges::reverse(down);
    const auto end = stepped_normal(population, {0, variance + last}, down, 1, reverse_motion(1),
                                    ReverseScheme::euler_maruyama);
    const double rounding = 2.3e-16 * (10 + rung.steps);
    raise(worst, std::abs(rung.end_logarithmic - relative_entropy(end, goal)) / rounding);
  }
  return {.name = "end_value",
          .claim =
              "KL of the end, uniform in ln t, against that of the variance after the same "
              "steps of (23) with lambda = 1: largest distance over round-off",
          .measured = worst,
          .bound = 1,
          .statement = "V14"};
}

}  // namespace

Checks normal_checks(const StepCost& cost, double variance, double first, double last,
                     const std::vector<Rung>& ladder) {
  Checks checks;
  double worst = 0;
  for (const Rung& rung : ladder) {
    const Times times = log_times(first, last, rung.steps);
    raise(worst, std::abs(rung.logarithmic - gaussian_path_divergence(variance, times)));
  }
  checks.push_back({.name = "normal_steps",
                    .claim =
                        "a normal population: |KL of the path by entropies - sum of (r - 1 - ln "
                        "r) / 2|, uniform in ln t",
                    .measured = worst,
                    .bound = cost.path_rounding(),
                    .statement = "V14"});
  const double ratio = (variance + last) / (variance + first);
  checks.push_back(
      {.name = "normal_length",
       .claim = fmt::format("a normal population: int sqrt c dt = {:.7f} over ln(a_T / "
                            "a_0) / 2, |ratio - 1|; Simpson's rule",
                            cost.length()),
       .measured = std::abs(cost.length() / (std::log(ratio) / 2) - 1),
       .bound = cost.length_error(),
       .statement = "V14"});
  checks.push_back(order_check("order_end_optimal", "the end, optimal grid,",
                               trend_of(ladder, &Rung::end_optimal, 2, 1e-15), 2));
  checks.push_back(order_check("order_end_log", "the end, uniform in ln t,",
                               trend_of(ladder, &Rung::end_logarithmic, 2, 1e-15), 2));
  checks.push_back(end_check(variance, first, last, ladder));
  return checks;
}

Checks schedule_controls(const StepCost& cost, const std::vector<Rung>& ladder) {
  Checks checks;
  const Rung& rung = ladder.back();
  const double limit = cost.length() * cost.length(), rounding = cost.path_rounding();
  const double tolerance = value_bound(cost, ladder);
  const auto add = [&](const std::string& name, const std::string& grid, double Rung::*value,
                       double expected) {
    // Cauchy and Schwarz: equal where the grid is the best one.
    const double found = rung.steps * rung.*value;
    const double left = std::abs(trend_of(ladder, value, 1, rounding).limit - found);
    if (expected - limit < 11 * tolerance + left) return;
    checks.push_back({.name = name,
                      .claim = fmt::format("{} taken for the best: N KL = {:.5g} with {} steps, "
                                           "the optimum {:.5g}; apart by",
                                           grid, found, rung.steps, limit),
                      .measured = found - limit,
                      .relation = Relation::greater,
                      .bound = 10 * tolerance,
                      .is_control = true,
                      .statement = "V14"});
  };
  add("control_log", "uniform in ln t", &Rung::logarithmic, cost.logarithmic_cost());
  add("control_uniform", "uniform in t", &Rung::uniform, cost.uniform_cost());
  const Trend optimal = trend_of(ladder, &Rung::optimal, 1, rounding);
  if (10 * optimal.bound < 1 - optimal.bound) {
    checks.push_back(
        {.name = "control_order",
         .claim = fmt::format("the path's KL taken for the end's, which falls like 1/N^2: "
                              "order {:.4f}, its distance from 2",
                              optimal.order),
         .measured = std::abs(optimal.order - 2),
         .relation = Relation::greater,
         .bound = 10 * optimal.bound,
         .is_control = true,
         .statement = "V14"});
  }
  return checks;
}

}  // namespace feller
