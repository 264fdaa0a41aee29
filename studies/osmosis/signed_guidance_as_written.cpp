#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "solvers/dense_spectrum.hpp"
#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"
#include "studies/osmosis/signed_guidance_checks.hpp"

namespace feller {
namespace {

/// Twice as long as it takes for |1 - tau lambda| > 1 where lambda grows.
double masking_step(const std::vector<std::complex<double>>& eigenvalues) {
  double most = 0;
  for (const auto& lambda : eigenvalues) {
    if (lambda.real() > eigenvalue_tolerance) raise(most, 2 * lambda.real() / std::norm(lambda));
  }
  return 2 * most;
}

struct EulerRun {
  double least;   ///< of the last state
  double change;  ///< |u_n - u_{n-1}|_1 / |u_n|_1 of the last step
  double growth;  ///< |u_n|_1 / |u_0|_1
};

EulerRun run_euler(const Generator& generator, Field masses, double tau, int steps) {
  const auto euler = make_propagator("implicit_euler", generator, tau, {.method = "direct"});
  double start = 0, end = 0, change = 0;
  check(VecNorm(masses.vector(), NORM_1, &start));
  Field before = masses;
  for (int n = 0; n < steps; ++n) {
    before = masses;
    euler->advance(masses, n);
  }
  check(VecNorm(masses.vector(), NORM_1, &end));
  check(VecAXPY(before.vector(), -1, masses.vector()));
  check(VecNorm(before.vector(), NORM_1, &change));
  return {least(densities_of(masses)), change / end, end / start};
}

Check control(const std::string& name, const std::string& claim, double measured, Relation relation,
              double bound) {
  return {.name = name,
          .claim = claim,
          .measured = measured,
          .relation = relation,
          .bound = bound,
          .is_control = true,
          .statement = "V11",
          .misprint = guidance_misprint};
}

/// Small steps show the growth, long ones hide it.
void add_masking_checks(Experiment& experiment, const Generator& generator,
                        const std::vector<std::complex<double>>& eigenvalues, const Field& start) {
  const double long_step = masking_step(eigenvalues);
  const double factor = largest_euler_factor(eigenvalues, long_step);
  const int steps = static_cast<int>(std::ceil(std::log(1e-12) / std::log(factor)));
  const EulerRun masked = run_euler(generator, start, long_step, steps);
  const double short_step = 0.5 / eigenvalues.front().real();
  const EulerRun seen = run_euler(generator, start, short_step, 30);
  experiment.add({.name = "masked_growth",
                  .claim = fmt::format("the same by implicit Euler with tau = {:.4g}, all factors "
                                       "|1/(1 - tau lambda)| <= {:.3f}: change in the last of {} "
                                       "steps, as if it converged (to a least value of {:.4g})",
                                       long_step, factor, steps, masked.least),
                  .measured = masked.change,
                  .bound = 1e-9,
                  .statement = "V11"});
  experiment.add(control("control_masking",
                         fmt::format("the same with tau = 0.5 / lambda = {:.4g}: |u_30|_1 / "
                                     "|u_0|_1; growth that the long step hides",
                                     short_step),
                         seen.growth, Relation::greater, 10));
}

/// How long to look: the schedule's times, unless too short (or long) to see what changes fastest
/// among what lasts.
struct Times {
  double flow;
  double step;
  int steps;
};

Times visible(const Schedule& schedule, const std::vector<std::complex<double>>& eigenvalues) {
  Times times{schedule.step, schedule.step, schedule.steps};
  double rate = eigenvalues.front().real();
  const bool grows = rate > eigenvalue_tolerance;
  if (!grows) {  // then all tends to w, which has negative values
    rate = std::numeric_limits<double>::infinity();
    for (const auto& lambda : eigenvalues) {
      if (lambda.real() < -eigenvalue_tolerance) rate = std::min(rate, -lambda.real());
    }
  }
  if (rate * times.flow < 1 || rate * times.flow > 100) times.flow = (grows ? 10 : 40) / rate;
  if (rate * times.step * times.steps < 1) {
    times.step = (grows ? 0.5 : 1) / rate;
    times.steps = grows ? 30 : 60;
  }
  return times;
}

void add_flow_checks(Experiment& experiment, const Generator& generator, const Field& start,
                     const Times& times) {
  Field exact = start;
  make_propagator("mfn", generator, times.flow, {})->advance(exact, 0);
  const EulerRun euler = run_euler(generator, start, times.step, times.steps);
  constexpr double round_off = 1e-12;
  experiment.add(
      control("control_flow",
              fmt::format("guidance as written (c = 0): smallest value of u at t = {:g}, "
                          "exact in time",
                          times.flow),
              least(densities_of(exact)), Relation::less, -10 * round_off));
  experiment.add(control("control_euler",
                         fmt::format("the same: smallest value of u after {} steps of implicit "
                                     "Euler, tau = {:g}",
                                     times.steps, times.step),
                         euler.least, Relation::less, -10 * round_off));
}

/// Not every image grows: between two poles of a rate there are windows of stability.
void add_plane_control(Experiment& experiment, const std::vector<OffsetFindings>& planes) {
  const auto grow = std::ranges::count_if(planes, [](const OffsetFindings& plane) {
    return plane.as_written > 10 * eigenvalue_tolerance;
  });
  if (grow == 0) {
    experiment.say("control_planes: left out, not one plane of noise grows without an offset");
    return;
  }
  experiment.add(control(
      "control_planes",
      fmt::format("standard normal noise in the plane: {} of {} images grow; largest eigenvalue of "
                  "all seeds",
                  grow, planes.size()),
      std::ranges::max_element(planes, {}, &OffsetFindings::as_written)->as_written,
      Relation::greater, 10 * eigenvalue_tolerance));
}

}  // namespace

void add_hidden_growth_check(Experiment& experiment, const OffsetGuidance& plane, double offset) {
  const double c = plane.critical() + offset;
  const auto eigenvalues = plane.eigenvalues(c);
  const double factor = largest_euler_factor(eigenvalues, 1);
  const int steps = static_cast<int>(std::ceil(std::log(1e-12) / std::log(factor)));
  const Field start = transformed(plane.noise(), [](double v) { return v * v; });
  const EulerRun run = run_euler(plane.generator(c), masses_of(start), 1, steps);
  experiment.add(
      {.name = "hidden_growth",
       .claim = fmt::format("plane, {:.4g} below -min v, tau = 1: an eigenvalue {:.4g}, "
                            "but no factor of implicit Euler above {:.4f}: change in the "
                            "last of {} steps, as if it converged",
                            -offset, eigenvalues.front().real(), factor, steps),
       .measured = run.change,
       .bound = 1e-9,
       .statement = "V11"});
  experiment.add(control("control_hidden_growth",
                         "that run taken for proof of stability: largest eigenvalue there",
                         eigenvalues.front().real(), Relation::greater, 10 * eigenvalue_tolerance));
  Check stated = control("control_steady_state",
                         "w = (mean f / mean v) v for that noise without an offset, which is no "
                         "guidance > 0: least value over the mean",
                         plane.least_of_steady_state(0), Relation::less, -1e-11);
  stated.misprint = "Peter 2023, section 4.2 (steady state of canonical osmosis)";
  experiment.add(std::move(stated));
}

void add_as_written_checks(Experiment& experiment, const Schedule& schedule,
                           const std::vector<OffsetFindings>& planes) {
  const Generator generator = experiment.problem().generator(0);
  const auto eigenvalues = all_eigenvalues(generator);
  const Field start = masses_of(experiment.problem().initial(0));
  add_flow_checks(experiment, generator, start, visible(schedule, eigenvalues));
  add_plane_control(experiment, planes);
  if (!(eigenvalues.front().real() > eigenvalue_tolerance)) {
    experiment.say("control_eigenvalue: left out, this guidance changes sign, but nothing grows");
    return;
  }
  experiment.add(control("control_eigenvalue",
                         fmt::format("guidance as written (c = 0), {} cells: largest eigenvalue",
                                     generator.grid().cells()),
                         eigenvalues.front().real(), Relation::greater, 10 * eigenvalue_tolerance));
  add_masking_checks(experiment, generator, eigenvalues, start);
}

}  // namespace feller
