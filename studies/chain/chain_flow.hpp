#pragma once

/// The chain against the Fokker-Planck equation that it samples, as one semigroup in t = -ln(a)/2:
///
///     p_i = e^(t_i A) p_0 + O(h^2),   e^((t - s) A) e^(s A) = e^(t A),   implicit Euler: O(tau)
///
/// A is the problem's generator, of order 2; the chain's kernels are of order 4 for smooth laws.

#include "io/check.hpp"
#include "studies/chain/chain_problem.hpp"

namespace feller {

/// At the step whose a is nearest to 1/2. Collective; throws InputError, SolverError.
Checks flow_checks(const Experiment& experiment, const DensityChain& chain);

}  // namespace feller
