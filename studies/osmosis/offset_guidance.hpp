#pragma once

/// Osmosis with a guidance v + c that may change sign, as c falls below -min v =: c_0.
///
/// Positivity: between v_K < 0 < v_L one of the rates 2 v_L / (h^2 (v_K + v_L)) and
/// 2 v_K / (h^2 (v_K + v_L)), whose sum is 2 / h^2, is negative: it is lost exactly at c_0.
///
/// Stability: apart from 0, which is always there (columns sum to 0), the eigenvalue of A(v + c)
/// with the largest real part is -gap above c_0. On a line whose darkest pixel m lies inside, the
/// line falls apart into two at c_0; with d = c - c_0, S_- and S_+ the sums of v + c_0 on the two
/// sides,
///
///     gap = (d / h^2) (1/S_- + 1/S_+) (1 + O(d (R + Q))),   R = sum of the other faces' 1/kappa,
///     Q = (n_- + 1)/S_- + (n_+ + 1)/S_+,   as the n pixels of a side, and m, gain d each,
///
/// kappa = 2 v_K v_L / (v_K + v_L): two cells joined by the conductance of pixel m. The same
/// continues to d < 0, where it is growth. In the plane one pixel parts nothing and the gap stays.

#include <complex>
#include <vector>

#include "discretisation/generator.hpp"

namespace feller {

/// Largest factor |1 / (1 - tau lambda)| of a step of implicit Euler, over eigenvalues that are not
/// 0. Below 1 all seems to converge, whether something grows or not: it damps what grows with
/// tau |lambda|^2 > 2 Re lambda.
double largest_euler_factor(const std::vector<std::complex<double>>& eigenvalues, double tau);

class OffsetGuidance {
 public:
  explicit OffsetGuidance(Field noise);

  const Field& noise() const { return noise_; }
  /// c_0 = -min v.
  double critical() const { return critical_; }

  /// v + c, and its generator, in detailed balance where it is positive. Collective.
  Field guidance(double c) const;
  Generator generator(double c) const;

  /// No rate of A(v + c) is negative. Collective.
  bool keeps_positivity(double c) const;
  /// The c at which that changes, by bisection down to neighbouring numbers. Collective.
  double loss_of_positivity() const;

  /// The eigenvalues but for one that is 0, in descending order of the real part. Collective.
  std::vector<std::complex<double>> eigenvalues(double c) const;
  /// Largest real part of these: -gap, or growth. Collective.
  double growth(double c) const;
  /// How far below c_0 growth starts, searched downwards in steps, then bisected; infinite if there
  /// is none down to `farthest`. Collective.
  double onset(double step, double farthest) const;

  /// Least rate. Collective.
  double least_rate(double c) const;
  /// min(v + c) / mean(v + c): of w = (mean f / mean v) v, over its mean. Collective.
  double least_of_steady_state(double c) const;
  /// Least value of (I - tau A)^-1 b, b = 1 but 0 in the darkest pixel, over its largest one; tau
  /// that of max|a_ii| = 1. Collective.
  double least_of_resolvent(double c) const;

  /// (1/S_- + 1/S_+) / h^2, R + (1/v_- + 1/v_+) / 2 of the pixels beside m, and Q: on a line whose
  /// darkest pixel lies inside; 0 where it is the first or the last. Collective.
  struct Bottleneck {
    double slope;
    double resistance;
    double gain;
  };
  Bottleneck bottleneck() const;

 private:
  Field noise_;
  double critical_;
  double darkest_;  ///< natural number of the darkest pixel
};

}  // namespace feller
