#pragma once

/// What grids and points the claims of the study feller_moments are made for.
///
/// Backward from a density p_0, and forward with the drift's sign as printed, mass parts: after the
/// time s both are (up to e^(theta s)) the law of
///
///     e^(theta s) (Y + sqrt(V(s)) G),     Y ~ p_0,  G ~ N(0, 1),  V = (D/theta) (1 - e^(-2 theta
///     s))
///
/// which must not reach the walls. In its earlier argument the transition density has the width
/// w = e^(theta s) sqrt(V(s)); the residual's h^2 (1 - q h^2) has q ~ 1/(6 w^2), so that the order
/// seen on cells up to H is off by about 0.18 (H/w)^2. So has the drift: z^2/12 (1 - z^2/60) with
/// z = theta x H / D, off by about 0.018 z^2 where |x| <= 3 sqrt(D/theta).

#include "studies/operators/feller_checks.hpp"

namespace feller {

/// Throws InputError if more than 1e-12 of the law above lies beyond the box at that time, or of
/// the process at the start. Collective.
void require_box(const Experiment& experiment, const OrnsteinUhlenbeckTransition& transition,
                 double time);

/// Throws InputError for a transition density that the coarsest grid does not resolve, whose
/// residual on the finest is round-off, whose maximum lies where the residual is not looked at, or
/// that does not change in time there. Collective.
void require_resolved(const Experiment& experiment, const FellerGrids& grids,
                      const OrnsteinUhlenbeckTransition& transition, const FellerPoint& where);

}  // namespace feller
