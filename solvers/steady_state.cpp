#include "solvers/steady_state.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solvers/functionals.hpp"

namespace feller {
namespace {

/// tau max|A_KK|: a factorisation bears nearly singular systems, an iteration does not.
double stiffness(const Grid& grid) {
  return factors_fit(grid) ? 1e12 : 1e7;
}

constexpr double settled = 1e-12;
constexpr int most_solves = 200;

double l1_norm(const Field& u) {
  return l1_distance(u, Field{u.grid()});
}

}  // namespace

SteadyState closed_form(const Generator& generator, double mass_wanted) {
  const Field& log_weight = generator.log_weight();
  const double total = mass(transformed(log_weight, [](double l) { return std::exp(l); }));
  const double shift = std::log(mass_wanted / total);
  const double scale = mass_wanted / total;
  return {transformed(log_weight, [=](double l) { return scale * std::exp(l); }),
          transformed(log_weight, [=](double l) { return l + shift; }), "closed form"};
}

SteadyState scaled(Field stationary, double mass_wanted) {
  check(VecScale(stationary.vector(), mass_wanted / mass(stationary)));
  Field log_density = transformed(stationary, [](double x) { return std::log(x); });
  return {std::move(stationary), std::move(log_density), "known stationary state"};
}

NullVector null_vector(const Generator& generator, Field start, const SolverOptions& options) {
  const double tau = stiffness(generator.grid()) / generator.largest_outflow();
  SolverOptions tight = options;
  tight.tolerance = std::min(options.tolerance, settled / 10);
  LinearSolver solver{generator, tau, tight};
  Field u = std::move(start);
  Field before{u};
  double change = HUGE_VAL;
  int solves = 0;
  while (change > settled) {
    if (++solves > most_solves) {
      throw SolverError(
          fmt::format("the steady state did not settle: after {} solves of step {:g} "
                      "it still changes by {:.3g}",
                      most_solves, tau, change));
    }
    before = u;
    try {
      solver.solve(before, u);
    } catch (const SolverError& error) {
      throw SolverError(fmt::format("steady state, solve {}: {}", solves, error.what()));
    }
    change = l1_distance(u, before) / l1_norm(u);
  }
  Field log_density = transformed(u, [](double x) { return std::log(x); });
  return {{std::move(u), std::move(log_density),
           fmt::format("null vector by {} solves, {}", solves, solver.choice().method)},
          solves,
          change};
}

SteadyState steady_state(const Generator& generator, double mass_wanted,
                         const SolverOptions& options) {
  if (generator.reversible()) return closed_form(generator, mass_wanted);
  const Grid& grid = generator.grid();
  const double level = mass_wanted / (grid.volume() * static_cast<double>(grid.cells()));
  return null_vector(generator, Field{grid, level}, options).state;
}

double stationarity_defect(const Generator& generator, const Field& u) {
  const double change = l1_norm(generator.apply(u));
  return change == 0 ? 0 : change / (generator.largest_outflow() * l1_norm(u));
}

}  // namespace feller
