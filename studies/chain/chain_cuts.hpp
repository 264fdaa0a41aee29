#pragma once

/// The chain from 0 to m against the chain cut in two at l (Peter 2023, (6)-(8); V2):
///
///     P_{0,m} = P_{l,m} P_{0,l},   P_{0,m}^T = P_{0,l}^T P_{l,m}^T,
///     <P_{l,m}^T g, P_{0,l} p> = <g, P_{0,m} p>                          (Chapman-Kolmogorov)
///
/// with the same kernels, and with one kernel a jump. Where beta varies this is a family of two
/// parameters.
///
/// Controls: (8) as printed, whose right side is 1 whatever u_i is; a step left out; P_{0,m-l} in
/// place of P_{l,m}.

#include "io/check.hpp"
#include "studies/chain/chain_walk.hpp"

namespace feller {

/// By cut, relative: with the same kernels forward (L1) and backward (maximum), the pairing; and
/// with jumps, forward.
struct CutErrors {
  std::vector<int> cuts;
  std::vector<double> forward, backward, pairing, jumps, jumps_bound;
};

/// Collective.
CutErrors cut_errors(const Problem& problem, const DensityChain& chain, const ChainWalk& walk);
Checks cut_checks(const CutErrors& errors);
/// Says what it leaves out: where all betas are the same, or p_m is N(0, I) already.
void add_cut_controls(Experiment& experiment, const DensityChain& chain, const ChainWalk& walk);

}  // namespace feller
