#pragma once

/// What z(t) loses of y between two levels of noise, with the density on a grid: in scaling
/// variables U = z/sqrt(1+t),
///
///     I(y; z(t)) - I(y; z(T)) = int_t^T 1/2 (1 - t/(1+t) J(U)) d(ln t),   J Fisher's information,
///
/// by the midpoint rule in ln t. With the same nodes for the exact laws only the grid's error is
/// left, of order h^2.

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "studies/score/noised.hpp"

namespace feller {

struct LogNodes {
  double from = 0, to = 0;  ///< levels t
  int count = 0;

  double at(int i) const;
  double weight() const;
};

/// Levels from which on a grid and that with half as many cells have errors of order 2.
struct ComparedNodes {
  std::shared_ptr<const Problem> coarser;
  LogNodes nodes;
  /// 2 (h/sigma)^2 with the coarser h and the narrowest width sigma of U at the first level: errors
  /// are c h^2 (1 + O((h/sigma)^2)), and the observed order is off by as much.
  double next_order = 0;
};

/// From the first of these ascending levels on for which sigma is 2.6 h, to 100. Says of `what` why
/// it is left out where no level will do, or where the population jumps inside of cells: their
/// means are no data of order 2.
std::optional<ComparedNodes> compared_nodes(Experiment& experiment, const Noised& noised,
                                            std::span<const double> times, const std::string& what);
/// Whether kernels from the problem's start to all of these nodes are wide enough for the grid.
bool resolves(const Grid& grid, double first_noise, const LogNodes& nodes);
/// By the problem's grid. Collective.
double grid_information(const Problem& problem, double first_noise, const LogNodes& nodes);
double exact_information(const Noised& noised, const LogNodes& nodes);

}  // namespace feller
