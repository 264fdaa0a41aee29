#pragma once

/// The score by the Fokker-Planck equation alone: the density of the scaling variable
/// x = z/sqrt(1+t), which is the problem's at the time tau = ln(1+t)/2, and central differences of
/// the logarithm of its cell means,
///
///     s_a(x_K) ~ (ln p_(K+a) - ln p_(K-a)) / (2 h),      sqrt(1+t) grad ln p_t(z) = s(z/sqrt(1+t))
///
/// of order h^2 in both. Its error is sqrt(E|s_h - s|^2), where p is above 1e-6 of its peak, less
/// of which is a matter of the solver's tolerance.

#include <span>
#include <vector>

#include "problems/problem.hpp"

namespace feller {

/// Ascending levels t among these at which the grid has at least three cells a standard deviation
/// of the narrowest component, and which are later than the problem's start.
std::vector<double> levels_on_grid(const Problem& problem, std::span<const double> times);

/// One a level. Collective; throws SolverError.
std::vector<double> grid_score_errors(const Problem& problem, std::span<const double> levels);

}  // namespace feller
