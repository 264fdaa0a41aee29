#pragma once

/// Laws on 0 < x < 1: the beta law, and expansions in the polynomials that are orthonormal under
/// it.
///
///     q(x) = x^(a-1) (1-x)^(b-1) / B(a, b),   int P_m P_n q = delta_mn,   P_0 = 1

#include <vector>

#include "problems/processes/line_law.hpp"

namespace feller {

class BetaLaw : public LineLaw {
 public:
  BetaLaw(double a, double b);

  double density_at(double x) const override { return std::exp(log_density_at(x)); }
  double log_density_at(double x) const override;
  double below(double x) const override;
  double above(double x) const override;
  double mean() const override { return a_ / (a_ + b_); }
  double variance() const override { return a_ * b_ / ((a_ + b_) * (a_ + b_) * (a_ + b_ + 1)); }
  double lower() const override { return 0; }
  double upper() const override { return 1; }
  std::optional<double> entropy() const override;
  double a() const { return a_; }
  double b() const { return b_; }

 private:
  double a_;
  double b_;
  double log_beta_;
};

/// The law at an age of dX = kappa (theta - X) dt + sigma sqrt(X (1 - X)) dW from a point x0,
///
///     p(x) = q(x) sum_n e^(-l_n age) P_n(x0) P_n(x),   l_n = n kappa + n (n-1) sigma^2 / 2,
///
/// with q of a = 2 kappa theta / sigma^2 and b = 2 kappa (1 - theta) / sigma^2. Terms cancel where
/// p is small: density and tails have an absolute error, `noise` (of the density), and are cut at
/// 0. (S. Karlin, H. M. Taylor, A Second Course in Stochastic Processes, 15.13.)
class JacobiLaw : public LineLaw {
 public:
  /// Needs about 10 / (sigma sqrt(age)) terms.
  JacobiLaw(double kappa, double theta, double sigma, double point, double age);

  double density_at(double x) const override;
  double below(double x) const override;
  double above(double x) const override;
  double mean() const override { return mean_; }
  double variance() const override { return variance_; }
  double lower() const override { return 0; }
  double upper() const override { return 1; }

  /// Round-off of the density, relative to its highest value.
  double noise() const;

 private:
  struct Sums {
    double value = 0;      ///< sqrt(q) sum c_n P_n
    double magnitude = 0;  ///< the same with all terms positive
    double flux = 0;       ///< sqrt(q) sum c_n P_n' / l_n
  };
  Sums sums(double x) const;
  double flux(double x) const;  ///< int_0^x (q - p)

  BetaLaw weight_;
  double half_square_;  ///< sigma^2 / 2
  /// (2x - 1) P_n = root_n+1 P_n+1 + middle_n P_n + root_n P_n-1.
  std::vector<double> middle_;
  std::vector<double> root_;
  std::vector<double> rates_;  ///< l_n
  std::vector<double> coefficients_;
  double mean_;
  double variance_;
};

}  // namespace feller
