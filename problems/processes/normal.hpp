#pragma once

/// The normal law's functions, and a uniform law blurred by it.
///
///     phi(z) = exp(-z^2/2) / sqrt(2 pi),   Q(z) = int_z^inf phi,   R(z) = int_z^inf Q
///
/// All keep their relative accuracy, z^2 epsilon, in the upper tail.

#include <vector>

namespace feller {

double normal_density(double z);
double normal_tail(double z);       ///< Q
double normal_tail_mass(double z);  ///< R = phi - z Q

/// A uniform variable on [lower, upper] plus an independent N(0, sd^2): normal if lower = upper,
/// uniform if sd = 0. Not both at once, as that has no density.
struct Spread {
  double lower = 0;
  double upper = 0;
  double sd = 1;

  bool normal() const { return lower == upper; }
  double density(double x) const;
  double log_density(double x) const;
  double log_slope(double x) const;  ///< d ln density / dx; 0 where a uniform one is not smooth
  double below(double x) const;      ///< P(X < x), accurate in the lower tail
  double above(double x) const;      ///< P(X > x), accurate in the upper tail
  double between(double a, double b) const;
  double mean() const { return lower + (upper - lower) / 2; }
  double variance() const { return (upper - lower) * (upper - lower) / 12 + sd * sd; }
  double entropy() const;
  /// KL to N(0, variance).
  double relative_entropy(double variance) const;
  /// Where to cut integrals over the density; what is beyond is below 1e-24.
  std::vector<double> breaks() const;
};

}  // namespace feller
