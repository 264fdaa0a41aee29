#include "studies/score/forms_on_grid.hpp"

#include <algorithm>
#include <cmath>

#include "problems/processes/quadrature.hpp"
#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"
#include "solvers/steady_state.hpp"
#include "studies/flow/accuracy.hpp"

namespace feller {
namespace {

Generator generator_of(const Problem& problem, const Parameters& parameters, Form form) {
  Equation equation = *problem.equation();
  equation.form = form;
  return Generator{
      rates_of(equation, problem.grid(), flux_weight("scharfetter_gummel"), 0, parameters),
      std::nullopt};
}

}  // namespace

std::string name_of(Form form) {
  if (form == Form::ito) return "ito";
  return form == Form::fick ? "fick" : "stratonovich";
}

Field stationary_means(const QuadraticNoise& noise, Form form, const Grid& grid) {
  const Axis& axis = grid.axis(0);
  Field w = fill(grid, [&](const Index& cell) {
    const double half = axis.width(cell[0]) / 2, centre = axis.centre(cell[0]);
    const auto shape = [&](double x) { return noise.stationary_shape(form, x); };
    return gauss(shape, centre - half, centre + half) / (2 * half);
  });
  const double all = mass(w);
  return transformed(w, [&](double value) { return value / all; });
}

FormRun run_form(const Problem& problem, const Parameters& parameters, const QuadraticNoise& noise,
                 Form form, const std::string& method, const Schedule& schedule) {
  const Generator generator = generator_of(problem, parameters, form);
  Field masses = masses_of(problem.initial(0));
  const auto propagator = make_propagator(method, generator, schedule.step,
                                          {.keep_positive = true, .solves = schedule.steps});
  propagator->start_from(masses);
  FormRun run{.steady = steady_state(generator, 1, {}).density};
  const double start = total(masses);
  run.least = least(masses);
  for (int n = 0;; ++n) {
    const Field density = densities_of(masses);
    const auto [mean, variance] = axis_moments(density, 0);
    run.second_moments.push_back(variance + mean * mean);
    raise(run.mass_defect, std::abs(total(masses) / start - 1));
    lower(run.least, least(density));
    if (schedule.is_output(n)) run.densities.push_back(density);
    if (n == schedule.steps) break;
    propagator->advance(masses, n);
  }
  run.steady_error = l1_distance(run.steady, stationary_means(noise, form, problem.grid()));
  return run;
}

std::vector<double> in_bins(const Field& density, const Bins& bins) {
  const Grid& grid = density.grid();
  const Axis& axis = grid.axis(0);
  std::vector<long double> parts(static_cast<std::size_t>(bins.count));
  auto value = density.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    const double p = *value++, half = axis.width(cell[0]) / 2, centre = axis.centre(cell[0]);
    const double from = (centre - half - bins.lower) / bins.width;
    const double to = (centre + half - bins.lower) / bins.width;
    const int last = static_cast<int>(std::min<double>(bins.count, std::ceil(to)));
    for (int b = std::max(0, static_cast<int>(std::max(0.0, from))); b < last; ++b) {
      const double overlap = std::min<double>(b + 1, to) - std::max<double>(b, from);
      if (overlap > 0) parts[static_cast<std::size_t>(b)] += p * overlap * bins.width;
    }
  });
  std::vector<double> found;
  for (const long double part : parts) {
    found.push_back(static_cast<double>(sum(grid.comm(), part)));
  }
  return found;
}

}  // namespace feller
