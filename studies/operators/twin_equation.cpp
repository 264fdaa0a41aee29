#include "studies/operators/twin_equation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/osmosis.hpp"
#include "problems/processes/process.hpp"
#include "solvers/functionals.hpp"
#include "studies/operators/transition.hpp"

namespace feller {
namespace {

/// exp(-theta |x|^2 / 2) must not underflow in a corner, or osmosis has no guidance there.
void require_numbers(const Grid& grid, double theta, const Parameters& parameters) {
  constexpr double largest = 1400;  // of theta |x|^2: e^-700 = 1e-304
  double squares = 0;
  for (const auto& axis : grid.axes()) {
    squares += std::pow(std::max(std::abs(axis.lower), std::abs(axis.upper)), 2);
  }
  if (theta * squares <= largest) return;
  throw parameters.blame(
      "grid.upper",
      fmt::format("the box reaches to |x| = {:.4g}, where the Gaussian underflows: it may "
                  "reach to {:.4g}",
                  std::sqrt(squares), std::sqrt(largest / theta)));
}

double checked_theta(const Problem& problem, const Parameters& parameters) {
  const Process* process = problem.process();
  const auto theta = linear_pull(process);
  if (!theta) {
    throw parameters.blame("problem.kind",
                           "must be ornstein_uhlenbeck: osmosis towards its stationary density is "
                           "compared with its closed forms");
  }
  if (process->diffusion(0, 0, {}) != 1) {
    throw parameters.blame("problem.diffusion_coefficient", "must be 1, as osmosis has it");
  }
  const Grid& grid = problem.grid();
  require_numbers(grid, *theta, parameters);
  if (!grid.is_uniform()) throw parameters.blame("grid.spacing", "must be uniform");
  for (const auto& axis : grid.axes()) {
    if (grid.is_closed() && !axis.is_periodic()) continue;
    throw parameters.blame("grid.boundary", "must be reflecting, as osmosis has it");
  }
  return *theta;
}

Field at_centres_of(const Problem& problem) {
  const Grid& grid = problem.grid();
  const auto law = problem.process()->stationary();
  Field field = fill(grid, [&](const Index& cell) { return law->density(grid.centre(cell)); });
  check(VecScale(field.vector(), 1 / mass(field)));
  return field;
}

}  // namespace

TwinEquation::TwinEquation(const Problem& problem, const Parameters& parameters)
    : theta_{checked_theta(problem, parameters)},
      stationary_{at_centres_of(problem)},
      osmosis_{osmosis_rates(stationary_, flux_weight("central")),
               transformed(stationary_, [](double v) { return std::log(v); })},
      scharfetter_gummel_{problem.generator(0)} {}

double TwinEquation::width() const {
  double most = 0;
  for (const auto& axis : grid().axes()) most = std::max(most, axis.width(0));
  return most;
}

JumpRates centred_rates(const Grid& grid, double theta) {
  JumpRates rates{grid};
  set_crossings(rates, [&](const Index& k, const Index&, int a) {
    const Axis& axis = grid.axis(a);
    const double h = axis.width(0);
    const double x = axis.face(k[static_cast<std::size_t>(a)] + 1);
    return crossing(flux_weight("central"), 1, h, -theta * x * h);
  });
  return rates;
}

Grid wide_cells(const Grid& grid, double theta) {
  std::vector<Axis> axes = grid.axes();
  for (auto& axis : axes) {
    const double reach = std::max(std::abs(axis.lower), std::abs(axis.upper));
    // Never fewer than four cells; odd, so that no face meets theta h |x| = 2 in round boxes.
    axis.cells = std::max(4, static_cast<int>(axis.length() * theta * reach / 4)) | 1;
  }
  return Grid{std::move(axes), 1, grid.comm()};
}

}  // namespace feller
