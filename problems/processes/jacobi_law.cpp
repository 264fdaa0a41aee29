#include "problems/processes/jacobi_law.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <utility>

namespace feller {
namespace {

/// Where e^(-l_n age) ends the sum.
constexpr double most_decay = 60;

double x_log(double factor, double log_x) {
  return factor == 0 ? 0 : factor * log_x;
}

}  // namespace

BetaLaw::BetaLaw(double a, double b)
    : a_{a}, b_{b}, log_beta_{std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b)} {}

double BetaLaw::log_density_at(double x) const {
  return x_log(a_ - 1, std::log(x)) + x_log(b_ - 1, std::log1p(-x)) - log_beta_;
}

double BetaLaw::below(double x) const {
  return boost::math::ibeta(a_, b_, std::clamp(x, 0.0, 1.0));
}

double BetaLaw::above(double x) const {
  return boost::math::ibetac(a_, b_, std::clamp(x, 0.0, 1.0));
}

std::optional<double> BetaLaw::entropy() const {
  using boost::math::digamma;
  return log_beta_ - (a_ - 1) * digamma(a_) - (b_ - 1) * digamma(b_) +
         (a_ + b_ - 2) * digamma(a_ + b_);
}

JacobiLaw::JacobiLaw(double kappa, double theta, double sigma, double point, double age)
    : weight_{2 * kappa * theta / (sigma * sigma), 2 * kappa * (1 - theta) / (sigma * sigma)},
      half_square_{sigma * sigma / 2} {
  const double alpha = weight_.b() - 1, beta = weight_.a() - 1, both = alpha + beta;
  for (int n = 0;; ++n) {
    const double rate = n * kappa + n * (n - 1.0) * half_square_;
    if (n > 1 && rate * age > most_decay) break;
    const double s = 2 * n + both;
    rates_.push_back(rate);
    middle_.push_back(n == 0 ? (beta - alpha) / (both + 2)
                             : (beta * beta - alpha * alpha) / (s * (s + 2)));
    const double rest = n == 1 ? 1 : (n + both) / (s - 1);
    root_.push_back(
        n == 0 ? 0 : std::sqrt(4 * n * (n + alpha) * (n + beta) * rest / (s * s * (s + 1))));
  }
  double before = 0, now = 1;
  for (std::size_t n = 0; n < rates_.size(); ++n) {
    coefficients_.push_back(std::exp(-rates_[n] * age) * now);
    if (n + 1 == rates_.size()) break;
    const double next = ((2 * point - 1 - middle_[n]) * now - root_[n] * before) / root_[n + 1];
    before = std::exchange(now, next);
  }
  const double square = sigma * sigma, pull = 2 * kappa * theta + square;
  const double m = std::exp(-kappa * age);
  mean_ = theta + (point - theta) * m;
  // E X^2 solves d/dt E X^2 = (2 kappa theta + sigma^2) E X - (2 kappa + sigma^2) E X^2.
  const double last = pull * theta / (2 * kappa + square);
  const double first = pull * (point - theta) / (kappa + square);
  const double rest = point * point - last - first;
  variance_ = last + first * m + rest * std::exp(-(2 * kappa + square) * age) - mean_ * mean_;
}

JacobiLaw::Sums JacobiLaw::sums(double x) const {
  Sums sums;
  // P_n and P_n' times sqrt(q), which keeps them of order 1.
  double before = 0, now = std::exp(weight_.log_density_at(x) / 2);
  double slope_before = 0, slope = 0;
  for (std::size_t n = 0; n < rates_.size(); ++n) {
    sums.value += coefficients_[n] * now;
    sums.magnitude += std::abs(coefficients_[n] * now);
    if (n > 0) sums.flux += coefficients_[n] * slope / rates_[n];
    if (n + 1 == rates_.size()) break;
    const double y = 2 * x - 1 - middle_[n];
    const double next_slope = (2 * now + y * slope - root_[n] * slope_before) / root_[n + 1];
    const double next = (y * now - root_[n] * before) / root_[n + 1];
    before = std::exchange(now, next);
    slope_before = std::exchange(slope, next_slope);
  }
  return sums;
}

double JacobiLaw::density_at(double x) const {
  if (!(x > 0 && x < 1)) return 0;
  return std::max(0.0, sums(x).value * std::exp(weight_.log_density_at(x) / 2));
}

double JacobiLaw::flux(double x) const {
  // (D q P_n')' = -l_n q P_n, so int_0^x q P_n = -D q P_n' / l_n.
  return half_square_ * x * (1 - x) * sums(x).flux * std::exp(weight_.log_density_at(x) / 2);
}

double JacobiLaw::below(double x) const {
  if (!(x > 0)) return 0;
  return x < 1 ? std::clamp(weight_.below(x) - flux(x), 0.0, 1.0) : 1;
}

double JacobiLaw::above(double x) const {
  if (!(x < 1)) return 0;
  return x > 0 ? std::clamp(weight_.above(x) + flux(x), 0.0, 1.0) : 1;
}

double JacobiLaw::noise() const {
  double highest = 0, error = 0;
  for (int i = 1; i < 400; ++i) {
    const double x = i / 400.0;
    const double root = std::exp(weight_.log_density_at(x) / 2);
    const Sums at = sums(x);
    highest = std::max(highest, at.value * root);
    error = std::max(error, at.magnitude * root);
  }
  return std::numeric_limits<double>::epsilon() * error / highest;
}

}  // namespace feller
