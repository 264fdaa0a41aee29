#pragma once

/// What the study `posterior` claims of steps from z(t) = z back, of lengths dt that halve: mass,
/// mean and variance at every dt; relative entropy to (7) ~ dt^2/4 ((ln p_t)'')^2; skewness ~
/// dt^(3/2) kappa_3(y|t,z)/t^3; the bridge, for which y is given. Controls: McAllester's (6), (7)
/// and section 2.2 taken for exact.

#include <vector>

#include "studies/experiment.hpp"
#include "studies/score/one_step.hpp"

namespace feller {

/// Steps of lengths that halve.
struct Halvings {
  double time = 1, at = 0;        ///< t, z(t)
  std::vector<double> dt, ratio;  ///< KL/dt^2
  std::vector<OneStep> steps;
  double curvature = 0;  ///< (ln p_t)''
  Noised::Posterior posterior;
};

/// KL of the bridge's exact law from (6), for a step of dt/t.
double bridge_divergence(double relative_step);

void add_step_checks(Experiment& experiment, const Noised& noised, const Halvings& halvings);

}  // namespace feller
