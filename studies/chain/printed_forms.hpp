#pragma once

/// Formulas of Peter 2023 that are slips or hold to leading order only, each by the number that
/// shows it, on the grid of the study:
///
///     (4)        one G for all steps: the variance of U_2 is another one
///     (11)       beta_i in the step from i to i + 1, where the betas differ
///     (13)-(15)  H(cX) = H(X) + ln c in n dimensions: the factor n is missing
///     (17)       int p(u_0) - int p ln p, read as it stands, for int p(u_0) [-int p ln p]
///     Prop. 2    H(U_i|U_0) is the same for all data: it is no measure of what is lost of them
///     section 3.2  p(u_{i-1}|u_i) is Gaussian: not for a beta that is not small

#include "io/check.hpp"
#include "studies/chain/chain_entropies.hpp"

namespace feller {

/// Controls; those that need more than the grid can give are left out. Collective.
Checks printed_forms(const Problem& problem, const ChainEntropies& entropies);

}  // namespace feller
