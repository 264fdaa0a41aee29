#include "studies/score/ito_fick_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/functionals.hpp"

namespace feller {

PathPlan ItoFickCase::plan() const {
  return {.particles = particles,
          .seed = seed,
          .variance = variance,
          .step = schedule.step / substeps,
          .steps = schedule.steps * substeps,
          .every = substeps};
}

double ItoFickCase::standard_error(Form form, double time) const {
  const double second = noise.second_moment(form, variance, time);
  const double fourth = noise.even_moment(form, 2, variance, time);
  return std::sqrt((fourth - second * second) / static_cast<double>(particles));
}

double ItoFickCase::particle_bound(Form form, int step) const {
  const double time = schedule.time(step);
  const double euler =
      noise.euler_second_moment(form, variance, schedule.step / substeps, step * substeps);
  return 4 * standard_error(form, time) +
         std::abs(euler - noise.second_moment(form, variance, time));
}

ItoFickCase::ParticleError ItoFickCase::particle_error(Form form, const NoisyPaths& paths, int step,
                                                       Form law) const {
  const double found = paths.second_moments[static_cast<std::size_t>(step)];
  return {.distance = std::abs(found - noise.second_moment(law, variance, schedule.time(step))),
          .bound = particle_bound(form, step)};
}

double ItoFickCase::euler_fourth(Form form, int step) const {
  return noise.euler_fourth_moment(form, variance, schedule.step / substeps, step * substeps);
}

namespace {

/// Largest |E z^2 - law| over the steps.
double worst_error(const ItoFickCase& c, Form law, const FormRun& run) {
  double worst = 0;
  for (int n = 0; n <= c.schedule.steps; ++n) {
    raise(worst, std::abs(run.second_moments[static_cast<std::size_t>(n)] -
                          c.noise.second_moment(law, c.variance, c.schedule.time(n))));
  }
  return worst;
}

/// 1.5 times the error of a scheme of order 2 as the next grid shows it.
double grid_bound(const FormResult& result) {
  double change = 0;
  for (std::size_t n = 0; n < result.base.second_moments.size(); ++n) {
    raise(change, std::abs(result.base.second_moments[n] - result.fine.second_moments[n]));
  }
  return 1.5 * 4 / 3 * change;
}

double order(double coarse, double fine) {
  return std::log2(coarse / fine);
}

/// Where what is beyond the box does not spoil it: an error of a h^2 + lost has an order that is
/// off by about lost / (a h^2).
void add_order_check(Experiment& experiment, const ItoFickCase& c, Form form,
                     const FormResult& result, double lost) {
  const double base = result.base.second_moments.back(), fine = result.fine.second_moments.back();
  const std::string name = "order_" + name_of(form);
  if (lost > 0.02 * std::abs(base - fine) / 3) {
    experiment.say(name + fmt::format(": left out, {:.1e} of E z^2 may be beyond the box", lost));
    return;
  }
  const double exact = c.noise.second_moment(form, c.variance, c.schedule.end());
  const double found = order(std::abs(base - exact), std::abs(fine - exact));
  experiment.add({.name = name,
                  .claim = fmt::format("{}: order {:.4f} of E z^2 at the end in the width of a "
                                       "cell, its distance from 2",
                                       name_of(form), found),
                  .measured = std::abs(found - 2),
                  .bound = 0.1,
                  .statement = "V17"});
}

void add_grid_checks(Experiment& experiment, const ItoFickCase& c, Form form,
                     const FormResult& result) {
  const std::string name = name_of(form);
  const double end = c.schedule.end(), beyond = experiment.problem().grid().axis(0).upper;
  const double exact = c.noise.second_moment(form, c.variance, end);
  const double fourth = c.noise.even_moment(form, 2, c.variance, end);
  const double sixth = c.noise.even_moment(form, 3, c.variance, end);
  // What is beyond x holds at most E z^2k / x^(2k-2) of the second moment, and / x^2k of the mass.
  const double lost = std::min(fourth / std::pow(beyond, 2), sixth / std::pow(beyond, 4));
  if (!(lost < exact)) {
    experiment.say(name + ": grid and order left out, all of E z^2 may be beyond the box");
    return;
  }
  experiment.add(
      {.name = "grid_" + name,
       .claim = fmt::format("{}: largest |E z^2 - law| on the grid, {:.6f} at t = {:g}; bound 1.5 "
                            "h^2 errors, and {:.1e} beyond the box (mass {:.1e})",
                            name, exact, end, lost, lost / std::pow(beyond, 2)),
       .measured = worst_error(c, form, result.base),
       .bound = grid_bound(result) + lost + 1e-10,
       .statement = "V17"});
  add_order_check(experiment, c, form, result, lost);
}

void add_particle_check(Experiment& experiment, const ItoFickCase& c, Form form,
                        const NoisyPaths& paths) {
  const std::string name = name_of(form);
  double worst = 0;
  for (int n = 0; n <= c.schedule.steps; ++n) {
    const auto [distance, bound] = c.particle_error(form, paths, n, form);
    raise(worst, distance / bound);
  }
  experiment.add({.name = "particles_" + name,
                  .claim = fmt::format("{}: largest |E z^2 of the particles - law|, over 4 "
                                       "standard errors and the error of steps h = {:g}",
                                       name, c.schedule.step / c.substeps),
                  .measured = worst,
                  .bound = 1,
                  .statement = "V17"});
}

void add_steady_check(Experiment& experiment, const ItoFickCase& c, Form form,
                      const FormResult& result) {
  const std::string name = name_of(form);
  const double beyond = experiment.problem().grid().axis(0).upper;
  const double steady = order(result.base.steady_error, result.fine.steady_error);
  experiment.add(
      {.name = "steady_" + name,
       .claim = fmt::format("{}: order {:.4f} of the steady state to Sigma^-(1-alpha) exp int 2 v "
                            "/ Sigma, L1 error {:.2e} ({:.1e} of the mass, {:.1e} of int z^2 w / "
                            "int w beyond the box); its distance from 2",
                            name, steady, result.fine.steady_error,
                            c.noise.stationary_tail(form, 0, beyond),
                            c.noise.stationary_tail(form, 2, beyond)),
       .measured = std::abs(steady - 2),
       .bound = 0.1,
       .statement = "V17"});
}

void add_conservation_checks(Experiment& experiment, const ItoFickCase& c, Form form,
                             const FormRun& run) {
  const std::string name = name_of(form);
  experiment.add({.name = "mass_" + name,
                  .claim = name + ": largest relative change of the mass",
                  .measured = run.mass_defect,
                  .bound = c.schedule.mass_bound()});
  experiment.add({.name = "positivity_" + name,
                  .claim = name + ": smallest value of the density",
                  .measured = run.least,
                  .relation = Relation::at_least,
                  .bound = 0});
}

}  // namespace

void add_form_checks(Experiment& experiment, const ItoFickCase& c, Form form,
                     const FormResult& result) {
  add_grid_checks(experiment, c, form, result);
  add_particle_check(experiment, c, form, result.paths);
  add_fourth_checks(experiment, c, form, result.paths);
  add_steady_check(experiment, c, form, result);
  add_conservation_checks(experiment, c, form, result.fine);
}

void add_ito_fick_controls(Experiment& experiment, const ItoFickCase& c,
                           const FormResults& results) {
  const FormResult &ito = results.at(Form::ito), &fick = results.at(Form::fick);
  const double end = c.schedule.end();
  const auto [distance, bound] =
      c.particle_error(Form::ito, ito.paths, c.schedule.steps, Form::fick);
  experiment.add(
      {.name = "control_printed",
       .claim = fmt::format("(17) as printed is Fick's form: E z^2 = {:.5f} at t = {:g}, the "
                            "particles of (16) have {:.5f}; apart by",
                            c.noise.second_moment(Form::fick, c.variance, end), end,
                            ito.paths.second_moments.back()),
       .measured = distance,
       .relation = Relation::greater,
       .bound = 10 * bound,
       .is_control = true,
       .statement = "V17",
       .misprint = "McAllester, (17)"});
  experiment.add({.name = "control_printed_grid",
                  .claim = fmt::format("(17) as printed on the grid: E z^2 = {:.5f} at the end, by "
                                       "the law of (16) {:.5f}; apart by",
                                       fick.base.second_moments.back(),
                                       c.noise.second_moment(Form::ito, c.variance, end)),
                  .measured = worst_error(c, Form::ito, fick.base),
                  .relation = Relation::greater,
                  .bound = 10 * (grid_bound(ito) + 1e-10),
                  .is_control = true,
                  .statement = "V17",
                  .misprint = "McAllester, (17)"});
  experiment.add(
      {.name = "control_steady",
       .claim = "the steady state of (17) as printed for that of (16): L1 distance",
       .measured = l1_distance(ito.fine.steady,
                               stationary_means(c.noise, Form::fick, ito.fine.steady.grid())),
       .relation = Relation::greater,
       .bound = 10 * ito.fine.steady_error,
       .is_control = true,
       .statement = "V17",
       .misprint = "McAllester, (17)"});
}

}  // namespace feller
