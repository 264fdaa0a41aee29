#pragma once

/// How far a density is from the exact one, where that is known.
///
/// Against formulas: the L1 norm. Against a process with closed forms also entropy, relative
/// entropy, means and variances, of which the entropies of cell means are biased by h^2 J / 24.

#include "io/layout.hpp"
#include "studies/flow/evolution.hpp"

namespace feller {

/// Columns of the table `accuracy`, errors first.
Table accuracy_table(const Problem& problem);

/// Its row at a time: one value a column after the time. Collective.
std::vector<double> accuracy_row(const Problem& problem, const Evolutions& all, double time);

/// Probability of the exact law beyond the box: exact for processes, from the mass of the cell
/// means (to their quadrature's 1e-10 or so) for formulas; nothing if no exact density is known.
/// Collective.
std::optional<double> exact_mass_outside(const Problem& problem, double time);

/// Mean and variance of a density along an axis, from the masses of cells at their centres, with
/// Sheppard's correction -h^2 / 12 of the variance: for smooth densities the error is of order h^4.
/// Collective.
struct AxisMoments {
  double mean;
  double variance;
};
AxisMoments axis_moments(const Field& density, int axis);

}  // namespace feller
