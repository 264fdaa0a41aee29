#pragma once

/// What least squares in given features can reach at one level of noise, by quadrature instead of
/// samples. With Q the features made orthonormal under p_t and yhat* = Q E[Q y] the best of their
/// sums,
///
///     approximation  E|yhat* - E[y|t,z]|^2
///     estimation     tr S / M,  S = E[(Var(y|t,z) + |yhat* - E[y|t,z]|^2) Q Q^T]
///
/// is the mean excess risk of a fit to M samples, up to terms smaller by the share E|Q|^4/(k M)
/// (for one noise variance and k features it is k variance/M). For many samples the part by
/// estimation is a sum of chi-squares, weighted by the eigenvalues of S/M: it exceeds (tr S + 2
/// |S|_F sqrt(x) + 2 |S|_F x)/M with probability e^-x at most (Laurent & Massart 2000).

#include <vector>

#include "studies/score/features.hpp"
#include "studies/score/noise_level.hpp"

namespace feller {

class BestFit {
 public:
  BestFit(const Features& features, const NoiseLevel& level);

  double approximation() const { return approximation_; }
  /// The mean of the part by estimation, of M samples.
  double estimation(double samples) const { return trace_ / samples; }
  /// What that part exceeds with probability e^-x at most, x = 10.
  double estimation_bound(double samples) const;
  /// E|Q|^4/(k M): relative size of what theory leaves out.
  double neglected(double samples) const;

 private:
  double approximation_ = 0;
  double trace_ = 0;      ///< of S, over all axes
  double frobenius_ = 0;  ///< sum over the axes of |S|_F
  double leverage_ = 0;   ///< E|Q|^4/k
};

/// sigma_max/sigma_min of the features under the law of z(t): square root of the condition number
/// of G = E phi phi^T, found without squaring.
double feature_condition(const Features& features, const NoiseLevel& level);

/// Its bound by components, p_t = sum w_k p_k: least and largest eigenvalue are concave and convex
/// functions of G, so that cond(G) <= sum w_k lambda_max(G_k) / sum w_k lambda_min(G_k).
double condition_bound(const Features& features, const NoiseLevel& level);

}  // namespace feller
