#pragma once

/// The jumps of a generator seen from one cell: all those out of it and into it, at once.
///
/// `for_each_face` gives each face to the rank that owns it; here each cell sees its faces on both
/// sides, the neighbours' rates having been fetched once. For sums that are to be more precise than
/// a double, which PETSc's exchange of contributions is not.

#include <vector>

#include "discretisation/jump_rates.hpp"

namespace feller {

class Neighbourhood {
 public:
  /// The rates must outlive it. Collective.
  explicit Neighbourhood(const JumpRates& rates);

  /// Calls `visit(L, out, in)` for every neighbour L of the owned cell K, with the rates K -> L and
  /// L -> K. L may be a ghost.
  template <class Visit>
  void around(const Index& k, Visit&& visit) const {
    const Grid& grid = rates_.grid();
    for (const auto& [step, forth, back] : families_) {
      const Index next = k + step;
      if (grid.inside(next)) visit(next, forth[k], back[k]);
      const Index last{k[0] - step[0], k[1] - step[1], k[2] - step[2]};
      if (grid.inside(last)) visit(last, back[last], forth[last]);
    }
  }

  const JumpRates& rates() const { return rates_; }

 private:
  struct Seen {
    Index step;
    Ghosted forth;
    Ghosted back;
  };

  const JumpRates& rates_;
  std::vector<Seen> families_;
};

/// 1 in the cells from which mass can reach a place where it is killed, 0 in the others.
/// Collective.
Field can_be_killed(const Neighbourhood& jumps);

}  // namespace feller
