#include "problems/processes/mutual_information.hpp"

#include <algorithm>
#include <cmath>

#include "problems/processes/quadrature.hpp"

namespace feller {
namespace {

/// From here on three terms of the expansion in 1/t are exact to round-off for data of size 1.
constexpr double far = 1e4;

/// int_t^inf for large t: mmse = v - v^2/t + O(1/t^2).
double tail(double variance, double time) {
  const double snr = variance / time;
  return snr / 2 - snr * snr / 4;
}

}  // namespace

std::optional<std::vector<double>> information_by_mmse(const Process& process,
                                                       std::span<const double> times) {
  if (process.dimension() > 1 || !process.law(1)->fisher_information()) return std::nullopt;
  const double variance = process.law(0)->moments().covariance[0][0];
  const double last = std::max(far * std::max(1.0, variance), times.empty() ? 0.0 : times.back());
  const auto integrand = [&](double log_t) {
    const double t = std::exp(log_t);
    const double noise = t / (1 + t);  // 1 - a
    return (1 - noise * *process.law(std::log1p(t) / 2)->fisher_information()) / 2;
  };
  std::vector<double> found(times.size());
  double sum = tail(variance, last);
  double from = std::log(last);
  for (std::size_t n = times.size(); n-- > 0;) {
    const double to = std::log(times[n]);
    // Pieces of one e-fold: the integrand is smooth in ln t.
    std::vector<double> breaks{to};
    for (double cut = std::ceil(to); cut < from; ++cut) breaks.push_back(cut);
    breaks.push_back(from);
    sum += integral(integrand, breaks, 1e-12);
    found[n] = sum;
    from = to;
  }
  return found;
}

}  // namespace feller
