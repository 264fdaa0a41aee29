#include "problems/processes/quadrature.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <cmath>

namespace feller {
namespace {

double piece(const std::function<double(double)>& f, double a, double b, double tolerance,
             int depth) {
  double error = 0;
  double size = 0;
  const double value =
      boost::math::quadrature::gauss_kronrod<double, 31>::integrate(f, a, b, 0, 0, &error, &size);
  const double middle = a + (b - a) / 2;
  error *= (b - a) / 2;  // Boost's is that of the integral over [-1, 1]
  if (error <= std::max(tolerance, 1e-14 * size) || depth == 0 || !(a < middle && middle < b)) {
    return value;
  }
  return piece(f, a, middle, tolerance, depth - 1) + piece(f, middle, b, tolerance, depth - 1);
}

}  // namespace

double integral(const std::function<double(double)>& f, std::vector<double> breaks,
                double tolerance) {
  std::ranges::sort(breaks);
  long double total = 0;
  for (std::size_t i = 1; i < breaks.size(); ++i) {
    if (breaks[i - 1] < breaks[i]) total += piece(f, breaks[i - 1], breaks[i], tolerance, 60);
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
