#pragma once

/// Whether N independent numbers z are N(0, 1), few or very many, each judged fairly:
///
///     beyond          how many |z| > 4: Poisson of mean N erfc(4/sqrt 2) = N 6.3e-5
///     chi_square      y with Q(y) = P(chi^2_N > sum z^2): N(0, 1) for every N, within +-x(1)
///     largest         max |z|, below x(N)
///
///     x(N):   2 N Q(x) = p,     Q(x) = P(N(0, 1) > x),     p = erfc(4/sqrt 2) / looks
///
/// All bounds of one kind together, if they are for as many looks as there are, are exceeded by
/// chance with a probability of at most 6.3e-5, like 4 standard errors of a single number; of
/// N = 400 000 pixels about 25 lie beyond 4 standard errors, and must.

#include "discretisation/field.hpp"

namespace feller {

/// erfc(4 / sqrt 2), the chance of a normal number beyond 4 standard deviations.
double beyond_four();
/// x with P(N(0,1) > x) = tail, for 0 < tail < 1/2.
double normal_quantile(double tail);
/// What the largest |z| of `count` normal numbers, dependent or not, exceeds with a probability of
/// at most 6.3e-5: x(count).
double worst_of(double count);
/// y with P(N(0,1) > y) = P(chi^2_nu > square), by the incomplete gamma function; |y| is below 40
/// where these are smaller than any number, and NaN for NaN.
double normal_equivalent(double square, double nu);
/// The square that belongs to y: the inverse.
double chi_square_quantile(double y, double nu);
/// The smallest k with P(Poisson(mean) > k) <= tail.
int poisson_quantile(double mean, double tail);

struct NormalScores {
  double count = 0;
  double beyond = 0;
  double squares = 0;
  double largest = 0;

  /// Takes in z(field) of every cell. Collective.
  void take(const Field& scores);

  double chi_square() const { return normal_equivalent(squares, count); }
  /// Where the worst of several looks is judged.
  double beyond_bound(double looks = 1) const;
  double largest_bound(double looks = 1) const { return worst_of(count * looks); }
};

/// Turns v, for which nu v is chi-square with nu degrees of freedom, into a nearly normal number:
///     ( v^(1/3) - (1 - 2/(9 nu)) ) / sqrt(2/(9 nu))             (Wilson & Hilferty 1931)
/// For nu >= 99 the tails beyond 4 are right to 5 %.
double wilson_hilferty(double v, double nu);

}  // namespace feller
