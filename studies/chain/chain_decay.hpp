#pragma once

/// The relative entropies of the chain on its way down, step by step, a_i = prod (1 - beta_j):
///
///     KL(p_i | N(0, I)) <= 1/2 { a_i E|U_0|^2 - n a_i - n ln(1 - a_i) }
///
/// and for n = 1 KL(p_i | the normal law with the mean and variance of p_i). Both by terms that are
/// >= 0, cell by cell, and so without cancellation: values of 1e-24 have two digits.

#include <vector>

#include "io/recorder.hpp"
#include "studies/chain/chain_problem.hpp"

namespace feller {

/// By step i = 1..m; `to_running` only on a line.
struct Decay {
  std::vector<double> a, bound, to_normal, to_running;
};

/// Writes snapshots of `density` at the outputs, shows its progress. Collective.
Decay walk_down(const Problem& problem, const DensityChain& chain, const std::vector<int>& outputs,
                Recorder& record);

}  // namespace feller
