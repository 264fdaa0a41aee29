#pragma once

/// De Bruijn's identity beside N(0, I), at one time:
///
///     -d/dt KL(p_t|gamma) = I(p_t|gamma) = int |grad ln(p/gamma)|^2 p
///
/// The derivative is a central difference of the chain's kernels, extrapolated, and exact to about
/// 1e-8; I is a sum over faces and of second order in h.

#include "io/check.hpp"
#include "studies/experiment.hpp"

namespace feller {

/// Order of the identity's defect on the grid and on one twice as coarse. Nothing where the coarse
/// grid does not resolve the kernel. Collective.
Checks dissipation_checks(const Experiment& experiment, double time);

}  // namespace feller
