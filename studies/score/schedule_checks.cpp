#include "studies/score/schedule_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace feller {
namespace {

/// How far an observed order may be from that of theory: a next term of relative size x spoils it
/// by about x, and steps of the ladder are below a tenth of t.
constexpr double order_bound = 0.05;

double order_of(const std::vector<Rung>& ladder, double Rung::*value) {
  const Rung &coarse = ladder[ladder.size() - 2], &fine = ladder.back();
  return std::log2(coarse.*value / (fine.*value));
}

Check order_check(const std::string& name, const std::string& of, const std::vector<Rung>& ladder,
                  double Rung::*value, int order) {
  const double found = order_of(ladder, value);
  return {.name = name,
          .claim = fmt::format("order {:.4f} of the KL of {} in 1/N, its distance from {}", found,
                               of, order),
          .measured = std::abs(found - order),
          .bound = order_bound,
          .statement = "V14"};
}

/// N KL for N to infinity, from these rungs, if it has an expansion in 1/N.
double extrapolated(const std::vector<Rung>& ladder, std::size_t fine) {
  const Rung &a = ladder[fine - 1], &b = ladder[fine];
  return 2 * b.steps * b.optimal - a.steps * a.optimal;
}

/// What the claim of the optimum's value is granted: the last change, and the error of c.
double value_bound(const StepCost& cost, const std::vector<Rung>& ladder) {
  const std::size_t last = ladder.size() - 1;
  return std::abs(extrapolated(ladder, last) - extrapolated(ladder, last - 1)) +
         1e-5 * cost.length() * cost.length();
}

}  // namespace

Checks schedule_checks(const StepCost& cost, const std::vector<Rung>& ladder) {
  Checks checks;
  const double limit = cost.length() * cost.length();
  const double found = extrapolated(ladder, ladder.size() - 1);
  checks.push_back(
      {.name = "optimal_value",
       .claim = fmt::format("N KL of the path on the optimal grid, extrapolated to "
                            "{:.6f}: |distance from (int sqrt c dt)^2 = {:.6f}|; bound "
                            "its last change, and 1e-5 of it",
                            found, limit),
       .measured = std::abs(found - limit),
       .bound = value_bound(cost, ladder),
       .statement = "V14"});
  checks.push_back(
      order_check("order_path_optimal", "the path, optimal grid,", ladder, &Rung::optimal, 1));
  checks.push_back(
      order_check("order_path_log", "the path, uniform in ln t,", ladder, &Rung::logarithmic, 1));
  const Rung& rung = ladder[2];
  checks.push_back({.name = "optimal_is_least",
                    .claim = fmt::format(
                        "KL of the path, {} steps: optimal {:.5f}, uniform in ln t {:.5f}, in t "
                        "{:.5f}; the first over the smaller of the others",
                        rung.steps, rung.optimal, rung.logarithmic, rung.uniform),
                    .measured = rung.optimal / std::min(rung.logarithmic, rung.uniform),
                    .relation = Relation::less,
                    .bound = 1,
                    .statement = "V14"});
  return checks;
}

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
                    .bound = 1e-10,
                    .statement = "V14"});
  const double ratio = (variance + last) / (variance + first);
  checks.push_back(
      {.name = "normal_length",
       .claim = fmt::format("a normal population: int sqrt c dt = {:.7f} over ln(a_T / "
                            "a_0) / 2, |ratio - 1|; c by differences of 1e-3",
                            cost.length()),
       .measured = std::abs(cost.length() / (std::log(ratio) / 2) - 1),
       .bound = 1e-5,
       .statement = "V14"});
  checks.push_back(
      order_check("order_end_optimal", "the end, optimal grid,", ladder, &Rung::end_optimal, 2));
  checks.push_back(
      order_check("order_end_log", "the end, uniform in ln t,", ladder, &Rung::end_logarithmic, 2));
  return checks;
}

Checks schedule_controls(const StepCost& cost, const std::vector<Rung>& ladder) {
  Checks checks;
  const Rung& rung = ladder.back();
  const double limit = cost.length() * cost.length();
  const double tolerance = value_bound(cost, ladder);
  checks.push_back(
      {.name = "control_log",
       .claim = fmt::format("uniform in ln t taken for the best: N KL = {:.5f} with {} "
                            "steps, the optimum {:.5f}; apart by",
                            rung.steps * rung.logarithmic, rung.steps, limit),
       .measured = rung.steps * rung.logarithmic - limit,
       .relation = Relation::greater,
       .bound = 10 * tolerance,
       .is_control = true,
       .statement = "V14"});
  checks.push_back({.name = "control_uniform",
                    .claim = fmt::format("uniform in t taken for the best: N KL = {:.4f}; apart by",
                                         rung.steps * rung.uniform),
                    .measured = rung.steps * rung.uniform - limit,
                    .relation = Relation::greater,
                    .bound = 10 * tolerance,
                    .is_control = true,
                    .statement = "V14"});
  const double order = order_of(ladder, &Rung::optimal);
  checks.push_back(
      {.name = "control_order",
       .claim = fmt::format("the path's KL taken for the end's, which falls like 1/N^2: "
                            "order {:.4f}, its distance from 2",
                            order),
       .measured = std::abs(order - 2),
       .relation = Relation::greater,
       .bound = 10 * order_bound,
       .is_control = true,
       .statement = "V14"});
  return checks;
}

}  // namespace feller
