#include <fmt/format.h>

#include <cmath>

#include "studies/score/ito_fick_checks.hpp"

namespace feller {
namespace {

void add_variance_check(Experiment& experiment, const ItoFickCase& c, Form form,
                        const NoisyPaths& paths) {
  const std::string name = name_of(form);
  const auto count = static_cast<double>(c.particles);
  double worst = 0;
  for (int n = 0; n <= c.schedule.steps; ++n) {
    const auto step = static_cast<std::size_t>(n);
    const double time = c.schedule.time(n), second = paths.second_moments[step];
    const double fourth = c.noise.even_moment(form, 2, c.variance, time);
    const double eighth = c.noise.even_moment(form, 4, c.variance, time);
    const double error = c.standard_error(form, time);
    const double granted = 4 * std::sqrt((eighth - fourth * fourth) / count) +
                           2 * second * c.particle_bound(form, n) +
                           std::abs(c.euler_fourth(form, n) - fourth);
    const double found = paths.fourth_moments[step] - second * second;
    raise(worst, std::abs(found - error * error * count) / granted);
  }
  experiment.add({.name = "variance_" + name,
                  .claim = name + ": largest |variance of z^2 of the particles - that behind the "
                                  "standard errors|, over 4 standard errors by E z^8 and the error "
                                  "of the steps",
                  .measured = worst,
                  .bound = 1,
                  .statement = "V17"});
}

/// Without noise: Euler's recursion, extrapolated to steps of no length.
void add_fourth_check(Experiment& experiment, const ItoFickCase& c, Form form) {
  const std::string name = name_of(form);
  const auto limit = [&](int steps) {
    const double h = c.schedule.end() / steps;
    return 2 * c.noise.euler_fourth_moment(form, c.variance, h / 2, 2 * steps) -
           c.noise.euler_fourth_moment(form, c.variance, h, steps);
  };
  const double found = limit(16'000),
               exact = c.noise.even_moment(form, 2, c.variance, c.schedule.end());
  experiment.add({.name = "fourth_" + name,
                  .claim = fmt::format("{}: |E z^4 = {:.6g} at the end, by its equation, - that of "
                                       "Euler's steps extrapolated|; bound its last change, and "
                                       "1e-9 of it",
                                       name, exact),
                  .measured = std::abs(found - exact),
                  .bound = std::abs(found - limit(8000)) + 1e-9 * exact,
                  .statement = "V17"});
}

void add_weak_checks(Experiment& experiment, double worst, const std::vector<double>& errors) {
  experiment.add({.name = "weak_error",
                  .claim =
                      "steps (16) from 1/8 to 1/64 of the end: largest |E z^2 of the particles "
                      "- its recursion| in standard errors",
                  .measured = worst,
                  .bound = 4,
                  .statement = "V17"});
  // Errors a h + b h^2: what b has of the coarser of the last two.
  const double coarse = errors[errors.size() - 2], fine = errors.back();
  const double share = 2 * std::abs((coarse - 2 * fine) / coarse);
  if (!(share < 0.25)) {
    experiment.say("weak_order: left out, steps of 1/64 of the end are too long for it");
    return;
  }
  const double order = std::log2(coarse / fine);
  experiment.add({.name = "weak_order",
                  .claim = fmt::format("order {:.4f} of the steps (16) in E z^2, its distance from "
                                       "1; bound twice the share of the next order",
                                       order),
                  .measured = std::abs(order - 1),
                  .bound = 2 * share,
                  .statement = "V17"});
}

}  // namespace

void add_fourth_checks(Experiment& experiment, const ItoFickCase& c, Form form,
                       const NoisyPaths& paths) {
  add_variance_check(experiment, c, form, paths);
  add_fourth_check(experiment, c, form);
}

/// Steps of 1/8 to 1/64 of the end, where the error of the steps shows.
void add_weak_order(Experiment& experiment, Recorder& record, const ItoFickCase& c) {
  const double end = c.schedule.end();
  const double exact = c.noise.second_moment(Form::ito, c.variance, end);
  double worst = 0;
  std::vector<double> errors;
  std::vector<std::vector<double>> rows;
  for (int steps = 8; steps <= 64; steps *= 2) {
    const PathPlan plan{.particles = c.particles,
                        .seed = c.seed,
                        .stream = static_cast<std::uint32_t>(steps),
                        .variance = c.variance,
                        .step = end / steps,
                        .steps = steps,
                        .every = steps};
    const auto paths =
        noisy_paths(experiment.problem().grid().comm(), c.noise, Form::ito, plan, c.bins);
    const double euler = c.noise.euler_second_moment(Form::ito, c.variance, plan.step, steps);
    const double fourth = c.noise.euler_fourth_moment(Form::ito, c.variance, plan.step, steps);
    const double error = std::sqrt((fourth - euler * euler) / static_cast<double>(c.particles));
    raise(worst, std::abs(paths.second_moments.back() - euler) / error);
    errors.push_back(euler - exact);
    rows.push_back({plan.step, paths.second_moments.back() - exact, euler - exact, error});
  }
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) record.row("weak_order", *row);
  add_weak_checks(experiment, worst, errors);
}

}  // namespace feller
