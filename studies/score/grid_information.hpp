#pragma once

/// What z(t) loses of y between two levels of noise, with the density on a grid: in scaling
/// variables U = z/sqrt(1+t),
///
///     I(y; z(t)) - I(y; z(T)) = int_t^T 1/2 (1 - t/(1+t) J(U)) d(ln t),   J Fisher's information,
///
/// by the midpoint rule in ln t. With the same nodes for the exact laws only the grid's error is
/// left, of order h^2.

#include <span>

#include "studies/score/noised.hpp"

namespace feller {

struct LogNodes {
  double from = 0, to = 0;  ///< levels t
  int count = 0;

  double at(int i) const;
  double weight() const;
};

/// From the first of these ascending levels that the grid resolves, to 100; from 0 if none does.
LogNodes resolved_nodes(const Grid& grid, double first_noise, std::span<const double> times);
/// Whether kernels from the problem's start to all of these nodes are wide enough for the grid.
bool resolves(const Grid& grid, double first_noise, const LogNodes& nodes);
/// Whether the population jumps at faces of the grid alone, if anywhere: means of cells that a jump
/// cuts are no data of order 2.
bool jumps_at_faces(const Mixture& population, const Grid& grid);
/// By the problem's grid. Collective.
double grid_information(const Problem& problem, double first_noise, const LogNodes& nodes);
double exact_information(const Noised& noised, const LogNodes& nodes);

}  // namespace feller
