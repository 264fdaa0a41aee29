#pragma once

/// What the study `schedule` claims of the KL of N reverse steps (step_cost.hpp), from a ladder of
/// N: that of the path falls like (int sqrt c dt)^2 / N on the best grid, that of the end like
/// 1/N^2.

#include <vector>

#include "io/check.hpp"
#include "studies/score/step_cost.hpp"

namespace feller {

/// Path and end by the number of steps.
struct Rung {
  int steps;
  double uniform, logarithmic, optimal;
  double end_logarithmic = 0, end_optimal = 0;  ///< of a normal population
};

Checks schedule_checks(const StepCost& cost, const std::vector<Rung>& ladder);
/// c = E|(ln p_t)''|^2/4 against -J'/4 by differences, at some times.
Check curvature_check(const StepCost& cost, double first, double last);
/// For N(m, variance), in closed form.
Checks normal_checks(const StepCost& cost, double variance, double first, double last,
                     const std::vector<Rung>& ladder);
/// Other grids taken for the best, the path for the end; without those that could not tell.
Checks schedule_controls(const StepCost& cost, const std::vector<Rung>& ladder);

}  // namespace feller
