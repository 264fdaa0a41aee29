#include "solvers/choose_propagator.hpp"

#include <fmt/format.h>

#include <cmath>

namespace feller {
namespace {

/// Seconds that exactness in time is always worth.
constexpr double short_while = 5;

/// Nanoseconds a cell and product, all families of faces and the sums around it included.
double product_cost(const Generator& generator) {
  return 0.5 + 0.5 * static_cast<double>(generator.rates().families().size());
}

double products_of(const std::string& method, double stiffness) {
  return method == "chebyshev" ? 15 + 8 * std::sqrt(stiffness)
                               : 20 + stiffness + 8 * std::sqrt(stiffness);
}

}  // namespace

Choice choose_propagator(const Generator& generator, double tau, const SolverOptions& options,
                         bool in_time) {
  if (!generator.is_markov()) return {"implicit_euler", "negative rates: nothing else is safe"};
  const double stiffness = tau * generator.largest_outflow();
  const bool chebyshev = !options.keep_positive && generator.reversible();
  const std::string exact = chebyshev ? "chebyshev" : "uniformization";
  const std::string implicit = options.keep_positive ? "implicit_euler" : "sdirk2";
  const double products = products_of(exact, stiffness);
  const int solves = in_time ? 1 : options.solves;
  const double product_time = products * product_cost(generator) * solves;
  SolverOptions solver = options;
  solver.solves = solves;
  const double solve_time = estimated_cost(generator, tau, solver);
  const bool few = products * options.solves <= 1e7;
  const std::string guarantee = options.keep_positive ? "positive, " : "";
  const double seconds = 1e-9 * product_time * static_cast<double>(generator.grid().cells()) /
                         size_of(generator.grid().comm());
  if (few && (product_time <= 10 * solve_time || seconds <= short_while)) {
    return {exact, fmt::format("{}no error in time, about {:.0f} products a step at tau max|a_ii| "
                               "= {:.3g}",
                               guarantee, products, stiffness)};
  }
  return {implicit,
          fmt::format("{}; {} would need about {:.2g} products a step at tau max|a_ii| = {:.3g}",
                      options.keep_positive ? "positive for every step, order 1" : "order 2", exact,
                      products, stiffness)};
}

}  // namespace feller
