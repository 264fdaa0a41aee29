#include "problems/processes/quadrature.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <cmath>

namespace feller {
namespace {

struct Piece {
  double value = 0, error = 0, size = 0;  ///< size: int |f|
};

Piece rule(const std::function<double(double)>& f, double a, double b) {
  Piece found;
  found.value = boost::math::quadrature::gauss_kronrod<double, 31>::integrate(
      f, a, b, 0, 0, &found.error, &found.size);
  found.error *= (b - a) / 2;  // Boost's is that of the integral over [-1, 1]
  return found;
}

double refined(const std::function<double(double)>& f, double a, double b, const Piece& whole,
               double tolerance, int depth) {
  const double middle = a + (b - a) / 2;
  if (whole.error <= std::max(tolerance, 1e-14 * whole.size) || depth == 0 ||
      !(a < middle && middle < b)) {
    return whole.value;
  }
  const Piece left = rule(f, a, middle), right = rule(f, middle, b);
  // Of a jump one half is rid, of round-off neither: both halves together have as much as before.
  const bool noise = whole.error <= 1e-10 * whole.size;
  if (noise && left.error + right.error > 0.75 * whole.error) return left.value + right.value;
  return refined(f, a, middle, left, tolerance, depth - 1) +
         refined(f, middle, b, right, tolerance, depth - 1);
}

}  // namespace

double integral(const std::function<double(double)>& f, std::vector<double> breaks,
                double tolerance) {
  std::ranges::sort(breaks);
  long double total = 0;
  for (std::size_t i = 1; i < breaks.size(); ++i) {
    if (breaks[i - 1] < breaks[i]) {
      const double a = breaks[i - 1], b = breaks[i];
      total += refined(f, a, b, rule(f, a, b), tolerance, 60);
    }
  }
  return static_cast<double>(total);
}

double gauss(const std::function<double(double)>& f, double a, double b) {
  return boost::math::quadrature::gauss<double, 10>::integrate(f, a, b);
}

double entropy_term(double log_p) {
  return std::isinf(log_p) ? 0 : -log_p * std::exp(log_p);
}

double relative_entropy_term(double log_p, double log_q) {
  const double p = std::exp(log_p);
  if (!(p > 0)) return std::exp(log_q);
  const double d = log_p - log_q;
  if (std::abs(d) > 0.5) return p * d - p + std::exp(log_q);
  return -p * boost::math::log1pmx(std::expm1(-d));
}

}  // namespace feller
