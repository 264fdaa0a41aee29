#include "problems/processes/noise_integral.hpp"

#include <algorithm>
#include <cmath>

#include "problems/processes/normal.hpp"
#include "problems/processes/quadrature.hpp"

namespace feller {
namespace {

/// int_t^inf for late t, with snr = 1/s.
double tail(const std::function<double(double)>& f, double t) {
  return gauss([&](double snr) { return f(1 / snr) / snr; }, 0, 1 / t);
}

}  // namespace

std::vector<double> noise_integrals(const std::function<double(double)>& f,
                                    std::span<const double> times, double far, double tolerance) {
  std::vector<double> found(times.size());
  if (times.empty()) return found;
  double from = std::log(std::max(far, times.back()));
  double sum = tail(f, std::exp(from));
  for (std::size_t n = times.size(); n-- > 0;) {
    const double to = std::log(times[n]);
    // Pieces of one e-fold: f is smooth in ln s, but for thresholds.
    std::vector<double> breaks{to};
    for (double cut = std::ceil(to); cut < from; ++cut) breaks.push_back(cut);
    breaks.push_back(from);
    sum += integral([&](double log_s) { return f(std::exp(log_s)); }, breaks, tolerance);
    found[n] = sum;
    from = to;
  }
  return found;
}

double normal_mean(const std::function<double(double)>& f) {
  // What is beyond is below 1e-23 of f.
  return integral([&](double g) { return normal_density(g) * f(g); },
                  {-10, -6, -3, -1, 1, 3, 6, 10});
}

}  // namespace feller
