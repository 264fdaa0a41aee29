#pragma once

/// The steps of the chain against its jumps and its law (Peter 2023, (3)-(5); V1):
///
///     sqrt(1 - beta_i) U_{i-1} + sqrt(beta_i) G_i, i times   =   sqrt(a_i) U_0 + sqrt(1 - a_i) G
///
/// What bounds the distance from the exact law, with d^4 the fourth difference (see its terms in
/// chain_kernel.hpp): on smooth densities all kernels up to i multiply the Fourier transform by
/// exp((1 - a^2)(w h/2)^4/180); and a jump J of p_0 within a cell moves at most (h^2/8) J |dk/dx|_1
/// with k the kernel, where sum |d^4 p_0| >= 3 J. Together, times 1.5 for the terms that follow:
///
///     (1 - a_i^2)/2880 sum_K |K| |d^4 p_i| + (h/24) sum_K |K| |d^4 p_0| sqrt(2 a_i / (pi (1 -
///     a_i)))
///
/// Control: the product of (5) as printed, from j = 0.

#include "io/check.hpp"
#include "studies/chain/chain_walk.hpp"

namespace feller {

/// By step of the walk: |p_i - law|_1, its bound, |p_i - P_{0,i} p_0|_1.
struct StepErrors {
  std::vector<double> law, bound, jump;
};
StepErrors step_errors(const Problem& problem, const DensityChain& chain, const ChainWalk& walk);

/// Collective.
Checks step_checks(const Problem& problem, const DensityChain& chain, const ChainWalk& walk,
                   const StepErrors& errors);
/// Says what it leaves out: of data that are N(0, I), which noise does not change.
void add_index_controls(Experiment& experiment, const DensityChain& chain);

}  // namespace feller
