#pragma once

/// A chain that does not converge (against Peter 2023, Prop. 4, whose hypothesis (10) is not the
/// one that decides): U_i -> N(0, I) for every start if and only if sum beta_i = infinity.
///
///     beta_i = 2^-i:   a_i -> prod (1 - 2^-j) = sum_k (-1)^k 2^(-k(3k-1)/2) = 0.288788095
///     U_0 ~ N(0, 4):   KL(p_i | N(0, 1)) -> (v - 1 - ln v)/2 = 0.12118599,   v = 1 + 3 a
///
/// Euler's pentagonal numbers give the limit without the product. Jumps from U_0, as the noise of
/// late steps is narrower than any cell.

#include <vector>

#include "discretisation/petsc.hpp"
#include "io/check.hpp"

namespace feller {

struct HalvingChain {
  std::vector<double> entropies;  ///< KL(p_i | N(0, 1)), i = 0, 1, ..., on a grid of its own
  std::vector<double> exact;
  Checks checks;
};

/// Collective.
HalvingChain halving_chain();

}  // namespace feller
