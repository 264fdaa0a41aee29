#pragma once

/// The Ornstein-Uhlenbeck process by two discretisations on a ladder of grids, each with twice the
/// cells of the one before, and what is claimed of them (statement V12): errors of order h^2
/// against the exact law, spectral gaps theta - theta^2 h^2 / 4 and / 6, gamma(x_i) as the steady
/// state.

#include <memory>
#include <string>
#include <vector>

#include "solvers/propagator.hpp"
#include "studies/experiment.hpp"
#include "studies/operators/twin_equation.hpp"

namespace feller {

/// What one discretisation gave on one grid.
struct Solution {
  double l1 = 0, l2 = 0;      ///< largest of all outputs after time 0
  double entropy = 0;         ///< the same of |H(u) - H(exact)|, both of cell means
  double gap_error = 0;       ///< theta - spectral gap
  double defect = 0;          ///< of gamma(x_i) as its steady state
  std::vector<Field> states;  ///< at the outputs
};

/// One grid: both discretisations with what propagates them, made before anything is run.
struct TwinRung {
  /// `finer` is null for the coarsest grid. Collective; throws InputError, MethodError.
  TwinRung(std::unique_ptr<Problem> finer, const Problem& coarsest, const Parameters& parameters,
           const std::string& method, const Schedule& schedule);

  std::unique_ptr<Problem> own;
  const Problem& problem;
  TwinEquation twin;
  std::unique_ptr<Propagator> by_osmosis, by_scharfetter_gummel;
  Solution osmosis, scharfetter_gummel;
};

using TwinLadder = std::vector<std::unique_ptr<TwinRung>>;

/// Made before anything is run, from the coarsest grid. Collective; throws InputError, MethodError.
TwinLadder twin_ladder(const Experiment& experiment, int levels, const std::string& method,
                       const Schedule& schedule);
/// Throws InputError for a box or an initial density that the claims are not made for: orders are
/// those of a density without jumps, and what lies beyond the box must change gaps and densities by
/// much less than the finest grid does. Collective.
void require_smooth_inside(const Experiment& experiment, const TwinLadder& ladder,
                           const Schedule& schedule);
/// Runs both on every grid. Collective; throws SolverError.
void climb(Experiment& experiment, TwinLadder& ladder, const Schedule& schedule);
/// The claims and the control. Collective.
void add_twin_checks(Experiment& experiment, const TwinLadder& ladder);

}  // namespace feller
