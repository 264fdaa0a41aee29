#pragma once

/// The chain step by step: densities forward from the initial state, expectations backward from
/// terminal data, kept at some steps,
///
///     p_i = K_i p_{i-1},      g_{i-1} = K_i^T g_i = E[g(U_m) | U_{i-1} = x].

#include <vector>

#include "studies/chain/chain_problem.hpp"

namespace feller {

struct ChainWalk {
  std::vector<int> steps;       ///< ascending, from 0 to the last, m
  std::vector<Field> forward;   ///< p_i
  std::vector<Field> backward;  ///< g_i

  int last() const { return steps.back(); }
  std::size_t size() const { return steps.size(); }
};

/// Throws InputError where the noise of a step is narrower than its kernel resolves.
void require_every_step(const Parameters& parameters, const DensityChain& chain);

/// Shows its progress. Collective.
ChainWalk walk_both(const DensityChain& chain, const std::vector<int>& steps, const Field& initial,
                    const Field& terminal);

/// |p - N(0, I)|_1 on cells: where it is small, no step and no misprint changes much. Collective.
double distance_from_normal(const Field& p);

/// How far a step of ln a_2 after one of ln a_1 is from one of ln a_1 + ln a_2, in L1, at most. The
/// kernels are normal, so their composition differs from a normal kernel only by the trapezoidal
/// rule over what lies between, normal too with the variance V = V_1 V_2 / (V_2 + a_2 V_1):
///
///     sum over the axes of 4 exp(-2 pi^2 V / h^2),    V_k = (1 - a_k)(1 + h^2/12)
///
/// (twice 2 exp(..), as columns are scaled to the sum 1).
double composition_error(const Grid& grid, double log_survival_1, double log_survival_2);

/// What of that all steps up to `last` make against the jump. Steps only contract it.
double walking_error(const DensityChain& chain, int last);

}  // namespace feller
