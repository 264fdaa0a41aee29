#pragma once

/// A m = -s on planes, by implicit steps in the form of a correction, with multigrid:
///
///     r = A m + s,     (S - tau A S) w = tau r   solved loosely,     m <- m + S w
///
/// Without the looseness that is m <- (I - tau A)^-1 (m + tau s). The residual is taken from the
/// fluxes, so that it sums to 0 to round-off, and tolerances are relative to it: each solve leaves
/// a part of the error that was there, down to round-off. S is a positive guess of the stationary
/// state, right from cell to cell: then constants w are nearly the null space, for which multigrid
/// is made. Where solves take long the state so far takes its place.

#include "solvers/kept_mass.hpp"
#include "solvers/steady_state.hpp"

namespace feller {

/// Masses, how they were reached, and an estimate of what is still missing.
struct RefinedState {
  Field masses;
  std::vector<SteadySolve> history;
  double change;  ///< |c|_1 / |m|_1 of a next correction c, if they go on to shrink as they did
};

/// Whether it can be tried: a plane, jumps to the 8 neighbours, rates that are not negative, no
/// face that is crossed one way only. Collective.
bool suits_refinement(const Generator& generator);

/// From the masses `start`, until a further correction would be less than options.tolerance (1e-12
/// at least). Collective; throws SolverError if it does not settle.
RefinedState refined_steady_state(const Generator& generator, const Field& start,
                                  const SolverOptions& options);

}  // namespace feller
