#include "studies/score/score_on_grid.hpp"

#include <algorithm>
#include <cmath>

#include "problems/processes/mixture.hpp"
#include "problems/processes/process.hpp"
#include "solvers/propagator.hpp"

namespace feller {
namespace {

/// The time of the problem at which it has z(t)/sqrt(1+t).
double time_of(const Problem& problem, double t) {
  return std::log1p(t) / 2 - problem.process()->age(0);
}

double error_of(const Field& density, const Law& law) {
  const Grid& grid = density.grid();
  const Ghosted p{density};
  double peak = 0;
  for (const double value : density.values()) peak = std::max(peak, value);
  peak = maximum(grid.comm(), peak);
  long double all = 0, squares = 0;
  for_each(grid.owned(), [&](const Index& cell) {
    if (!(p[cell] > 1e-6 * peak)) return;
    const Point x = grid.centre(cell);
    double apart = 0;
    for (std::size_t a = 0; a < grid.axes().size(); ++a) {
      Index right = cell, left = cell;
      ++right[a];
      --left[a];
      const double h = grid.axes()[a].width(cell[a]);
      const double found = std::log(p[right] / p[left]) / (2 * h);
      apart += std::pow(found - law.score(static_cast<int>(a), x), 2);
    }
    all += p[cell];
    squares += p[cell] * apart;
  });
  return static_cast<double>(std::sqrt(sum(grid.comm(), squares) / sum(grid.comm(), all)));
}

}  // namespace

std::vector<double> levels_on_grid(const Problem& problem, std::span<const double> times) {
  double h = 0;
  for (const auto& axis : problem.grid().axes()) h = std::max(h, axis.width(0));
  std::vector<double> found;
  for (const double t : times) {
    if (!(time_of(problem, t) > 0)) continue;
    const auto law = problem.process()->law(time_of(problem, t));
    double narrowest = HUGE_VAL;
    for (const auto& component : dynamic_cast<const Mixture&>(*law).components()) {
      narrowest = std::min(narrowest, component.along[0].sd);
    }
    if (3 * h <= narrowest) found.push_back(t);
  }
  return found;
}

std::vector<double> grid_score_errors(const Problem& problem, std::span<const double> levels) {
  const Generator generator = problem.generator(0);
  Field masses = masses_of(problem.initial(0));
  double now = 0;
  std::vector<double> errors;
  for (const double t : levels) {
    const double then = time_of(problem, t);
    make_propagator("uniformization", generator, then - now, {})->advance(masses, 0);
    now = then;
    errors.push_back(error_of(densities_of(masses), *problem.process()->law(then)));
  }
  return errors;
}

}  // namespace feller
