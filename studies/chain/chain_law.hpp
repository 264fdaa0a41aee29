#pragma once

/// The law of the chain from one image f, in each pixel N(sqrt(a) f, 1 - a), by the means over the
/// pixels of
///
///     conditional entropy    H(U|U_0)/n = 1/2 ln(2 pi e (1 - a))
///     relative entropy       KL(N(sqrt(a) f, 1 - a) | N(0, 1)) = 1/2 (a f^2 - a - ln(1 - a))
///     chi-square             exp(a f^2 / (1 + a)) / sqrt(1 - a^2) - 1
///     mutual information     1/2 ln(1 + var f a / (1 - a)), as if f were Gaussian
///     contrast-to-noise      sqrt(a / (1 - a)), per unit of contrast in f
///
/// The first two are the Lyapunov functionals of the chain: one rises, the other falls.

#include <vector>

#include "discretisation/field.hpp"

namespace feller {

struct ChainLaw {
  double survival = 1;  ///< a
  double noise = 0;     ///< 1 - a, without cancellation
  double relative_entropy = 0;
  double chi_square = 0;

  double conditional_entropy() const;
  double contrast_to_noise() const;
  double information(double variance) const;
};

/// Collective. Infinite where a = 1.
ChainLaw chain_law(const std::vector<Field>& f, double log_survival);

}  // namespace feller
