#pragma once

/// Reverse processes on a line by another route, which shares nothing with solvers/reverse_flow.hpp
/// but the equation: with the exact score of the population in place of a stored forward solution,
///
///     dq/ds = -d/dx([2 g d ln p/dx + x] q) + c^2 d^2q/dx^2,       s = ln(1 + t)/2 downwards,
///
/// by centred differences in x with no flux through the borders, by the rule of Crank and Nicolson
/// in s with the score at the middle of each step: order 2 in both. Densities are values at
/// midpoints of cells; tails may swing about 0 where they are below the error of the scheme.

#include "studies/score/reverse_density_checks.hpp"

namespace feller {

/// KL(q | p_t0), p_t0 exact, of each motion from the start of the plan. One rank does it all.
std::vector<double> route_entropies(const Process& process, const DensityPlan& plan,
                                    const Axis& axis, int steps,
                                    std::span<const ReverseMotion> motions);

/// The same extrapolated, on three grids that are finer than that of the plan by 4, 8 and 16.
std::vector<Limit> route_limits(const Process& process, const DensityPlan& plan, const Axis& axis,
                                std::span<const ReverseMotion> motions);

/// Every lambda > 0 of the family against this route, and this route with half of the diffusion.
Checks route_checks(const Process& process, const DensityPlan& plan, const Axis& axis,
                    const DensityLadder& ladder);

}  // namespace feller
