#include "problems/processes/normal.hpp"

#include <algorithm>
#include <boost/math/special_functions/log1p.hpp>
#include <cmath>
#include <numbers>

#include "problems/processes/quadrature.hpp"

namespace feller {
namespace {

const double log_two_pi = std::log(2 * std::numbers::pi);

/// Mean of f over [a, b], where F is an upper tail of f: F' = -f. The difference of F cancels
/// where f hardly changes; a few points are exact there.
double mean_between(double (*f)(double), double (*F)(double), double a, double b) {
  const double middle = a + (b - a) / 2;
  if ((b - a) * (1 + std::abs(middle)) < 1) {
    return gauss([&](double u) { return f(a + u * (b - a)); }, 0, 1);
  }
  return (F(a) - F(b)) / (b - a);
}

/// From here on, in deviations beyond a box, its density is taken relative to phi at its edge.
constexpr double far_out = 5;

/// Q(z)/phi(z) for z >= far_out, by Laplace's continued fraction.
double mills_ratio(double z) {
  double k = 0;
  for (int n = 40; n >= 1; --n) k = n / (z + k);
  return 1 / (z + k);
}

/// (Q(b) - Q(b + w)) / phi(b) = int_0^w exp(-b u - u^2/2) du, for b >= far_out.
double beyond(double b, double w) {
  if (w * (1 + b) < 1) {
    return w * gauss([&](double u) { return std::exp(-w * u * (b + w * u / 2)); }, 0, 1);
  }
  return mills_ratio(b) - std::exp(-w * (b + w / 2)) * mills_ratio(b + w);
}

/// KL of N(mean, s2) to N(0, v), without cancellation where they are close.
double normal_to_normal(double mean, double s2, double v) {
  const double excess = (s2 - v) / v;
  const double widths =
      std::abs(excess) < 0.5 ? -boost::math::log1pmx(excess) : excess - std::log(s2 / v);
  return (widths + mean * mean / v) / 2;
}

}  // namespace

double normal_density(double z) {
  return std::exp(-z * z / 2 - log_two_pi / 2);
}

double normal_tail(double z) {
  return std::erfc(z / std::numbers::sqrt2) / 2;
}

double normal_tail_mass(double z) {
  if (z < 3) return normal_density(z) - z * normal_tail(z);
  // Q = phi / (z + k) with the continued fraction k = 1/(z + 2/(z + 3/(z + ...))).
  double k = 0;
  for (int n = 80; n >= 1; --n) k = n / (z + k);
  return normal_density(z) * k / (z + k);
}

double Spread::density(double x) const {
  if (normal()) return normal_density((x - lower) / sd) / sd;
  if (sd == 0) return x >= lower && x <= upper ? 1 / (upper - lower) : 0;
  double a = (x - upper) / sd, b = (x - lower) / sd;
  if (a + b < 0) {
    std::swap(a, b);
    a = -a;
    b = -b;
  }
  return mean_between(normal_density, normal_tail, a, b) / sd;
}

double Spread::log_density(double x) const {
  if (!normal()) {
    const double b = std::max(lower - x, x - upper) / sd, w = (upper - lower) / sd;
    if (!(sd > 0 && b >= far_out)) return std::log(density(x));
    return -b * b / 2 - log_two_pi / 2 + std::log(beyond(b, w) / (upper - lower));
  }
  const double z = (x - lower) / sd;
  return -z * z / 2 - log_two_pi / 2 - std::log(sd);
}

double Spread::log_slope(double x) const {
  if (normal()) return (lower - x) / (sd * sd);
  if (sd == 0) return 0;
  const double out = std::max(lower - x, x - upper) / sd, w = (upper - lower) / sd;
  if (out >= far_out) {
    const double size = -std::expm1(-w * (out + w / 2)) / (sd * beyond(out, w));
    return x > upper ? -size : size;
  }
  // The difference of the bells, without cancellation where the box is narrow.
  const double a = (x - lower) / sd, b = (x - upper) / sd;
  const double nearer = std::min(std::abs(a), std::abs(b));
  const double bells = nearer == std::abs(a)
                           ? -normal_density(a) * std::expm1((a - b) * (a + b) / 2)
                           : normal_density(b) * std::expm1((b - a) * (a + b) / 2);
  return bells / (sd * (upper - lower) * density(x));
}

double Spread::above(double x) const {
  if (normal()) return normal_tail((x - lower) / sd);
  if (sd == 0) return std::clamp((upper - x) / (upper - lower), 0.0, 1.0);
  const double a = (x - upper) / sd, b = (x - lower) / sd;
  if (std::isinf(x)) return x > 0 ? 0 : 1;
  return std::min(1.0, mean_between(normal_tail, normal_tail_mass, a, b));
}

double Spread::below(double x) const {
  return Spread{-upper, -lower, sd}.above(-x);
}

double Spread::between(double a, double b) const {
  if (!(a < b)) return 0;
  if (b - a < 0.1 * sd) return gauss([this](double x) { return density(x); }, a, b);
  if (sd == 0) return std::max(0.0, std::min(b, upper) - std::max(a, lower)) / (upper - lower);
  if (a >= mean()) return above(a) - above(b);
  if (b <= mean()) return below(b) - below(a);
  return 1 - below(a) - above(b);
}

double Spread::entropy() const {
  if (normal()) return (log_two_pi + 1) / 2 + std::log(sd);
  if (sd == 0) return std::log(upper - lower);
  return integral([this](double x) { return entropy_term(log_density(x)); }, breaks());
}

double Spread::relative_entropy(double v) const {
  if (normal()) return normal_to_normal(lower, sd * sd, v);
  const Spread target{0, 0, std::sqrt(v)};
  if (sd == 0) {
    const double square = mean() * mean() + variance();
    return -entropy() + (log_two_pi + std::log(v) + square / v) / 2;
  }
  auto cuts = breaks();
  std::ranges::copy(target.breaks(), std::back_inserter(cuts));
  return integral(
      [&](double x) { return relative_entropy_term(log_density(x), target.log_density(x)); }, cuts);
}

std::vector<double> Spread::breaks() const {
  std::vector<double> cuts;
  for (const double z : {-10.5, -3.0, 0.0, 3.0, 10.5}) {
    cuts.push_back(lower + z * sd);
    cuts.push_back(upper + z * sd);
  }
  return cuts;
}

}  // namespace feller
