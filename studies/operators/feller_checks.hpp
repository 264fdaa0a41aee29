#pragma once

/// What the study feller_moments computes on grids and claims: V9 (paths and forward equation) and
/// V10 (backward equation), each with its controls.

#include "studies/experiment.hpp"
#include "studies/operators/backward_equation.hpp"
#include "studies/operators/forward_moments.hpp"
#include "studies/operators/linear_drift_law.hpp"
#include "studies/operators/path_moments.hpp"

namespace feller {

/// By how many standard errors a wrong moment must be off: ten times the 4 of the claims.
inline constexpr double control_errors = 40;

/// y, x and s of p(y, s | x).
struct FellerPoint {
  double later, earlier, time;
};

/// The problem on half the cells, as it is, and on twice the cells. Throws InputError for cells
/// that are not equal, or whose number is odd.
struct FellerGrids {
  explicit FellerGrids(const Experiment& experiment);

  const Problem& problem;
  std::unique_ptr<Problem> coarse, fine;
};

/// Makes the propagators of both signs, so that a method that does not suit them is refused before
/// anything is written. Throws MethodError. Collective.
void try_methods(const Problem& problem, const std::string& method, const Schedule& schedule);

/// The forward equation with both signs.
struct ForwardPair {
  ForwardMoments corrected, printed, coarse;  ///< the last one: corrected, on half the cells
  LinearDriftLaw law, printed_law;
  double width;  ///< of a cell
};
ForwardPair forward_pair(const FellerGrids& grids, const OrnsteinUhlenbeckTransition& transition,
                         const std::string& method, const Schedule& schedule);

/// The residual is looked at where |x| is at most that: three stationary deviations.
double residual_reach(const OrnsteinUhlenbeckTransition& transition);

/// From the finest grid to the coarsest.
std::vector<Residuals> grid_residuals(const FellerGrids& grids,
                                      const OrnsteinUhlenbeckTransition& transition,
                                      const FellerPoint& where);

/// `density` is that of the stationary law where the paths start.
void add_moment_checks(Experiment& experiment, const std::vector<PathMoments>& all, double x,
                       double density);
void add_forward_checks(Experiment& experiment, const ForwardPair& pair);
void add_duality_check(Experiment& experiment, const Generator& generator,
                       const std::string& method, const Schedule& schedule);
void add_backward_checks(Experiment& experiment, const OrnsteinUhlenbeckTransition& transition,
                         const FellerPoint& where, const std::vector<Residuals>& residuals);
/// `growth` is what the backward equation made of the mass of a density after that time.
void add_sampler_checks(Experiment& experiment, const OrnsteinUhlenbeckTransition& transition,
                        double growth, double time);

}  // namespace feller
