#include "studies/score/grid_information.hpp"

#include <cmath>

#include "solvers/chain_kernel.hpp"
#include "solvers/functionals.hpp"

namespace feller {
namespace {

/// ln of what is left of z(first)/sqrt(1 + first) in that of a later level.
double log_survival(double first, double t) {
  return std::log1p(first) - std::log1p(t);
}

}  // namespace

double LogNodes::at(int i) const {
  return from * std::exp((i + 0.5) * weight());
}

double LogNodes::weight() const {
  return std::log(to / from) / count;
}

LogNodes resolved_nodes(const Grid& grid, double first_noise, std::span<const double> times) {
  LogNodes nodes{.to = 100, .count = 12};
  for (const double t : times) {
    nodes.from = t;
    if (t < nodes.to && resolves(grid, first_noise, nodes)) return nodes;
  }
  return {};
}

bool resolves(const Grid& grid, double first_noise, const LogNodes& nodes) {
  return nodes.from > first_noise &&
         ChainKernel::resolves(grid, log_survival(first_noise, nodes.at(0)));
}

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
