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
  double norm = 0;
  check(VecNorm(u.vector(), NORM_1, &norm));
  return norm;
}

SteadyState from_masses(Field masses, std::string how) {
  Field density = densities_of(std::move(masses));
  Field log_density = transformed(density, [](double x) { return std::log(x); });
  return {std::move(density), std::move(log_density), std::move(how)};
}

/// u <- (I - tau A)^-1 (u + tau s) until it settles; the number of solves and the last change.
struct Iteration {
  Field masses;
  int solves = 0;
  double change = HUGE_VAL;
  std::string method;
};

Iteration iterate(const Generator& generator, Field start, const SolverOptions& options) {
  const double tau = stiffness(generator.grid()) / generator.largest_outflow();
  SolverOptions tight = options;
  tight.tolerance = std::min(options.tolerance, settled / 10);
  LinearSolver solver{generator, tau, tight};
  Iteration it{.masses = std::move(start), .method = solver.choice().method};
  Field before{it.masses};
  while (it.change > settled) {
    if (++it.solves > most_solves) {
      throw SolverError(
          fmt::format("the steady state did not settle: after {} solves of step {:g} "
                      "it still changes by {:.3g}",
                      most_solves, tau, it.change));
    }
    before = it.masses;
    Field right_side{before};
    if (generator.has_source()) {
      check(VecAXPY(right_side.vector(), tau, generator.source().vector()));
    }
    try {
      solver.solve(right_side, it.masses);
    } catch (const SolverError& error) {
      throw SolverError(fmt::format("steady state, solve {}: {}", it.solves, error.what()));
    }
    check(VecAXPY(before.vector(), -1, it.masses.vector()));
    it.change = l1_norm(before) / l1_norm(it.masses);
  }
  return it;
}

}  // namespace

SteadyState closed_form(const Generator& generator, double mass_wanted) {
  const Field& log_weight = generator.log_weight();
  const double all = total(transformed(log_weight, [](double l) { return std::exp(l); }));
  const double shift = std::log(mass_wanted / all);
  Field log_density{log_weight};
  const Grid& grid = generator.grid();
  auto value = log_density.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    *value += shift - std::log(grid.volume(cell));
    ++value;
  });
  return {transformed(log_density, [](double l) { return std::exp(l); }), log_density,
          "closed form"};
}

SteadyState scaled(Field stationary, double mass_wanted) {
  check(VecScale(stationary.vector(), mass_wanted / mass(stationary)));
  Field log_density = transformed(stationary, [](double x) { return std::log(x); });
  return {std::move(stationary), std::move(log_density), "known stationary state"};
}

NullVector null_vector(const Generator& generator, Field start, const SolverOptions& options) {
  Iteration found = iterate(generator, masses_of(std::move(start)), options);
  return {from_masses(std::move(found.masses),
                      fmt::format("null vector by {} solves, {}", found.solves, found.method)),
          found.solves, found.change};
}

Field supplied_masses(const Generator& generator, const SolverOptions& options) {
  return iterate(generator, Field{generator.grid()}, options).masses;
}

bool has_steady_state(const Generator& generator) {
  return generator.conserves_mass() || generator.has_source();
}

SteadyState steady_state(const Generator& generator, double mass_wanted,
                         const SolverOptions& options) {
  if (generator.has_source()) {
    return from_masses(supplied_masses(generator, options), "balance of sources and absorption");
  }
  if (generator.reversible()) return closed_form(generator, mass_wanted);
  const Grid& grid = generator.grid();
  return null_vector(generator, Field{grid, mass_wanted / grid.volume()}, options).state;
}

double stationarity_defect(const Generator& generator, const Field& u) {
  const Field m = masses_of(u);
  Field change = generator.apply(m);
  if (generator.has_source()) check(VecAXPY(change.vector(), 1, generator.source().vector()));
  const double size = l1_norm(change);
  return size == 0 ? 0 : size / (generator.largest_outflow() * l1_norm(m));
}

}  // namespace feller
