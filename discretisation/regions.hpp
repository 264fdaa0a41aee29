#pragma once

/// The regions that mass can move in: connected components of the cells, joined where mass crosses
/// a face at a positive rate, whichever way.
///
/// A closed region keeps its mass, so a steady state has one free number a region. The labels are
/// found by union and find on each rank and by exchange of ghost labels until nothing changes; they
/// are the same for any number of ranks. Reference: Tarjan 1975.

#include <vector>

#include "discretisation/jump_rates.hpp"

namespace feller {

/// Of at least two cells.
struct ConnectedRegion {
  Index first_cell;  ///< in natural order
  PetscInt cells = 0;
  bool open = false;  ///< mass is killed in some cell
};

struct Regions {
  /// Number of the region in `list` a cell is in; `alone` for a cell that has no such face.
  Field label;
  static constexpr double alone = -1;
  std::vector<ConnectedRegion> list;  ///< by their first cells
  PetscInt single_cells = 0;
};

/// Collective.
Regions regions_of(const JumpRates& rates);

/// What makes a steady state vanish in places, or not be unique within a region.
struct OneWay {
  PetscInt faces = 0;  ///< crossed one way only
  PetscInt cells = 0;  ///< that mass can leave to other cells, but not enter from any
  Index first_cell{};  ///< of these, in natural order
};

/// Collective.
OneWay one_way(const JumpRates& rates);

}  // namespace feller
