#include "solvers/steady_state.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solvers/functionals.hpp"
#include "solvers/kept_mass.hpp"
#include "solvers/refined_steady_state.hpp"

namespace feller {
namespace {

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

struct Found {
  Field masses;
  double change = HUGE_VAL;
  std::string method;
  std::vector<SteadySolve> history = {};
};

double relative_residual(const Generator& generator, const Field& masses) {
  Field change = generator.apply(masses);
  if (generator.has_source()) check(VecAXPY(change.vector(), 1, generator.source().vector()));
  double rest = 0, size = 0;
  check(VecNorm(change.vector(), NORM_INFINITY, &rest));
  check(VecNorm(masses.vector(), NORM_INFINITY, &size));
  return size > 0 ? rest / size : rest;
}

/// m <- (I - tau A)^-1 (m + tau s) until it settles.
Found iterate(const Generator& generator, const Field& start, SolverOptions options,
              const std::string& method) {
  // A factorisation bears nearly singular systems, an iteration does not.
  const double tau = (method == "direct" ? 1e12 : 1e7) / generator.largest_outflow();
  options.method = method;
  options.tolerance = std::min(options.tolerance, settled / 10);
  LinearSolver solver{generator, tau, options};
  const KeptMass kept{generator, start};
  Found found{.masses = start, .method = method};
  Field before{start};
  while (found.change > settled) {
    const int solves = static_cast<int>(found.history.size()) + 1;
    if (solves > most_solves) {
      throw SolverError(
          fmt::format("the steady state did not settle: after {} solves of step {:g} "
                      "it still changes by {:.3g}",
                      most_solves, tau, found.change));
    }
    before = found.masses;
    Field right_side{before};
    if (generator.has_source()) {
      check(VecAXPY(right_side.vector(), tau, generator.source().vector()));
    }
    try {
      const int iterations = solver.solve(right_side, found.masses).iterations;
      kept.restore(found.masses, Field{found.masses});
      found.history.push_back({tau, iterations, relative_residual(generator, found.masses)});
    } catch (const SolverError& error) {
      throw SolverError(fmt::format("steady state, solve {}: {}", solves, error.what()));
    }
    check(VecAXPY(before.vector(), -1, found.masses.vector()));
    const double size = l1_norm(found.masses);
    found.change = size > 0 ? l1_norm(before) / size : l1_norm(before);
  }
  return found;
}

double least_value(const Field& field) {
  double least = 0;
  check(VecMin(field.vector(), nullptr, &least));
  return least;
}

Found by_multigrid(const Generator& generator, const Field& start, const SolverOptions& options) {
  if (!suits_refinement(generator)) {
    throw MethodError("solver.method",
                      "multigrid finds steady states on two axes without periodic borders, with "
                      "jumps to the 8 neighbours and faces that are crossed both ways: take amg or "
                      "direct");
  }
  RefinedState state = refined_steady_state(generator, start, options);
  if (least_value(start) >= 0 && least_value(state.masses) < 0) {
    throw SolverError(fmt::format(
        "multigrid: the steady state spans too many orders of magnitude, its least value is {:g}",
        least_value(state.masses)));
  }
  return {std::move(state.masses), state.change, "multigrid", std::move(state.history)};
}

Found stationary_masses(const Generator& generator, const Field& start,
                        const SolverOptions& options) {
  const bool is_free = options.method == "auto";
  const std::string method =
      is_free ? choose_steady_method(generator, options).method : options.method;
  if (method != "multigrid") return iterate(generator, start, options, method);
  if (!is_free) return by_multigrid(generator, start, options);
  try {
    return by_multigrid(generator, start, options);
  } catch (const SolverError&) {
    if (!factors_fit(generator.grid())) throw;
  }
  return iterate(generator, start, options, "direct");
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

SteadyState closed_form(const Generator& generator, const Field& start) {
  const Field masses = masses_of(start);
  const KeptMass kept{generator, masses};
  const auto label = kept.regions().label.values();
  const auto log_weight = generator.log_weight().values();
  // Each region from its own largest weight, however small that is beside the others.
  std::vector<double> top(kept.regions().list.size(), -HUGE_VAL);
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] < 0) continue;
    double& most = top[static_cast<std::size_t>(label[i])];
    most = std::max(most, log_weight[i]);
  }
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, top.data(), static_cast<int>(top.size()), MPI_DOUBLE,
                          MPI_MAX, start.grid().comm()));
  Field log_mass{start.grid()};
  const auto value = log_mass.values();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (label[i] >= 0) value[i] = log_weight[i] - top[static_cast<std::size_t>(label[i])];
  }
  const auto wanted = kept.sums(masses);
  const auto all = kept.sums(transformed(log_mass, [](double l) { return std::exp(l); }));
  auto alone = masses.values().begin();
  for (std::size_t i = 0; i < value.size(); ++i, ++alone) {
    const auto region = static_cast<std::size_t>(std::max(label[i], 0.0));
    value[i] = label[i] < 0
                   ? std::log(*alone)
                   : value[i] + std::log(static_cast<double>(wanted[region] / all[region]));
  }
  SteadyState state = from_masses(transformed(log_mass, [](double l) { return std::exp(l); }),
                                  "closed form in each region");
  const Field volume = masses_of(Field{start.grid(), 1});
  state.log_density = log_mass;
  auto out = state.log_density.values().begin();
  for (const double v : volume.values()) *out++ -= std::log(v);
  return state;
}

SteadyState scaled(Field stationary, double mass_wanted) {
  check(VecScale(stationary.vector(), mass_wanted / mass(stationary)));
  Field log_density = transformed(stationary, [](double x) { return std::log(x); });
  return {std::move(stationary), std::move(log_density), "known stationary state"};
}

NullVector null_vector(const Generator& generator, Field start, const SolverOptions& options) {
  if (generator.largest_outflow() == 0 && !generator.has_source()) {
    return {from_masses(masses_of(std::move(start)), "the start, as nothing moves")};
  }
  const Field masses = masses_of(std::move(start));
  Found found = stationary_masses(generator, masses, options);
  const int solves = static_cast<int>(found.history.size());
  return {from_masses(std::move(found.masses),
                      fmt::format("null vector by {} solves, {}", solves, found.method)),
          solves, found.change, std::move(found.history)};
}

Field supplied_masses(const Generator& generator, const SolverOptions& options) {
  return stationary_masses(generator, Field{generator.grid()}, options).masses;
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

SteadyState steady_state(const Generator& generator, const Field& start,
                         const SolverOptions& options) {
  const Regions regions = regions_of(generator.rates());
  if (regions.list.size() == 1 && regions.single_cells == 0) {
    return steady_state(generator, mass(start), options);
  }
  if (generator.reversible() && generator.conserves_mass()) return closed_form(generator, start);
  return null_vector(generator, start, options).state;
}

double stationarity_defect(const Generator& generator, const Field& u) {
  const Field m = masses_of(u);
  Field change = generator.apply(m);
  if (generator.has_source()) check(VecAXPY(change.vector(), 1, generator.source().vector()));
  const double size = l1_norm(change);
  return size == 0 ? 0 : size / (generator.largest_outflow() * l1_norm(m));
}

}  // namespace feller
