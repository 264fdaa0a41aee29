#pragma once

/// What a sample of M trajectories from f is judged by, pixel by pixel and all n of them together:
///
///     U_i | U_0 = f  ~  N( sqrt(a_i) f, (1 - a_i) I )
///     mean        N( sqrt(a_i) f, (1 - a_i)/M ),       variance   (1 - a_i) chi^2_{M-1} / (M-1)
///     H(U_i | U_0) = n/2 ln( 2 pi e (1 - a_i) ),       its plug-in has the error n sqrt(1/(2 M n))

#include <cmath>
#include <optional>

#include "io/check.hpp"
#include "solvers/ensemble.hpp"
#include "studies/chain/normal_scores.hpp"

namespace feller {

/// What was found after a step, of all pixels and channels.
struct Look {
  int step = 0;
  double noise = 0;    ///< 1 - a_i
  double printed = 0;  ///< the same with one more factor, 1 - beta_1
  int members = 0;
  double squares = 0;    ///< sum of squared deviations from the ensemble's means
  double about_law = 0;  ///< the same about sqrt(a_i) f
  NormalScores mean = {}, deviation = {};

  /// Adds one channel. Collective.
  void take(const Field& start, const Sample& sample);

  double pixels() const { return mean.count; }
  /// Mean over the pixels of the variance, and its standard error.
  double variance() const { return squares / (pixels() * (members - 1)); }
  double variance_error() const { return noise * std::sqrt(2 / (pixels() * (members - 1))); }
  /// A pixel's: plug-in, what it should be, and its standard error.
  double entropy() const;
  double exact_entropy() const;
  double entropy_error() const { return std::sqrt(1 / (2 * pixels() * members)); }
  /// Both as normal numbers, exactly: n (M-1) variance / (1 - a_i) is chi-square of n (M-1) degrees
  /// of freedom, and what the entropy is made of, of n M.
  double variance_score() const;
  double entropy_score() const;
};

/// V1 and V5 at the worst of the looks.
Checks ensemble_checks(const std::vector<Look>& looks);

/// Controls: the product from j = 0, the entropy without its factor 1/2. Nothing where by the law
/// itself they are too near to be told apart at any look: late in the chain the first factor no
/// longer counts, and H = 0, which no factor changes, for 1 - a_i = 0.0585498.
std::optional<Check> product_control(const std::vector<Look>& looks);
std::optional<Check> half_control(const std::vector<Look>& looks);

}  // namespace feller
