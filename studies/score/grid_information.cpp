#include "studies/score/grid_information.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/chain_kernel.hpp"
#include "solvers/functionals.hpp"

namespace feller {
namespace {

/// ln of what is left of z(first)/sqrt(1 + first) in that of a later level.
double log_survival(double first, double t) {
  return std::log1p(first) - std::log1p(t);
}

/// Whether the population jumps at faces of the grid alone, if anywhere.
bool jumps_at_faces(const Mixture& population, const Grid& grid) {
  const Axis& axis = grid.axis(0);
  for (const auto& component : population.components()) {
    const Spread& spread = component.along[0];
    if (spread.normal() || spread.sd > 0) continue;
    for (const double edge : {spread.lower, spread.upper}) {
      const double cell = (edge - axis.lower) / axis.width(0);
      if (std::abs(cell - std::round(cell)) > 1e-9) return false;
    }
  }
  return true;
}

/// The least variance of a component of z(t)/sqrt(1+t), of a box that of its edges.
double narrowest(const Noised& noised, double t) {
  double least = HUGE_VAL;
  for (const auto& component : noised.population().components()) {
    least = std::min(least, component.along[0].sd * component.along[0].sd);
  }
  return (least + t) / (1 + t);
}

}  // namespace

double LogNodes::at(int i) const {
  return from * std::exp((i + 0.5) * weight());
}

double LogNodes::weight() const {
  return std::log(to / from) / count;
}

std::optional<ComparedNodes> compared_nodes(Experiment& experiment, const Noised& noised,
                                            std::span<const double> times,
                                            const std::string& what) {
  ComparedNodes found{.coarser = experiment.coarser_problem(),
                      .nodes = {.from = 0, .to = 100, .count = 12}};
  const double first = first_noise(experiment);
  for (const double t : times) {
    if (!found.coarser || t >= found.nodes.to) continue;
    found.nodes.from = t;
    const Grid& grid = found.coarser->grid();
    found.next_order = 2 * std::pow(grid.axis(0).width(0), 2) / narrowest(noised, t);
    if (found.next_order > 0.3 || !resolves(grid, first, found.nodes)) continue;
    if (first > 0 || jumps_at_faces(noised.population(), grid)) return found;
    experiment.say(what +
                   ": left out, the population jumps inside of cells of the grid with half "
                   "as many");
    return std::nullopt;
  }
  experiment.say(what +
                 ": left out, the grid with half as many cells is too coarse for these levels");
  return std::nullopt;
}

bool resolves(const Grid& grid, double first_noise, const LogNodes& nodes) {
  return nodes.from > first_noise &&
         ChainKernel::resolves(grid, log_survival(first_noise, nodes.at(0)));
}

double grid_information(const Problem& problem, double first_noise, const LogNodes& nodes) {
  const Field start = problem.initial(0);
  double sum = 0;
  for (int i = 0; i < nodes.count; ++i) {
    const double t = nodes.at(i);
    const ChainKernel kernel{problem.grid(), log_survival(first_noise, t)};
    const double fisher = fisher_information(kernel.forward(start));
    sum += nodes.weight() * (1 - t / (1 + t) * fisher) / 2;
  }
  return sum;
}

double exact_information(const Noised& noised, const LogNodes& nodes) {
  double sum = 0;
  for (int i = 0; i < nodes.count; ++i) {
    sum += nodes.weight() * noised.relative_mmse(nodes.at(i)) / 2;
  }
  return sum;
}

}  // namespace feller
