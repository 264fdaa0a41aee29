#pragma once

/// Whether very many independent numbers z are N(0, 1), each judged fairly:
///
///     beyond          how many |z| > 4: Poisson of mean N erfc(4/sqrt 2) = N 6.3e-5
///     chi_square      (sum z^2 - N) / sqrt(2 N), within 4
///     largest         max |z|, below x with 2 N Q(x) = erfc(4/sqrt 2)
///
/// Each bound is exceeded by chance with a probability of 6.3e-5, like 4 standard errors of a
/// single number; of N = 400 000 pixels about 25 lie beyond 4 standard errors, and must.

#include "discretisation/field.hpp"

namespace feller {

/// erfc(4 / sqrt 2), the chance of a normal number beyond 4 standard deviations.
double beyond_four();
/// x with P(N(0,1) > x) = tail, for 0 < tail < 1/2.
double normal_quantile(double tail);
/// The smallest k with P(Poisson(mean) > k) <= tail.
int poisson_quantile(double mean, double tail);

struct NormalScores {
  double count = 0;
  double beyond = 0;
  double squares = 0;
  double largest = 0;

  /// Takes in z(field) of every cell. Collective.
  void take(const Field& scores);

  double chi_square() const;
  double beyond_bound() const;
  double largest_bound() const;
};

/// Turns v, for which nu v is chi-square with nu degrees of freedom, into a nearly normal number:
///     ( v^(1/3) - (1 - 2/(9 nu)) ) / sqrt(2/(9 nu))             (Wilson & Hilferty 1931)
/// For nu >= 99 the tails beyond 4 are right to 5 %.
double wilson_hilferty(double v, double nu);

}  // namespace feller
