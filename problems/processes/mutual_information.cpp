#include "problems/processes/mutual_information.hpp"

#include <algorithm>
#include <cmath>

#include "problems/processes/noise_integral.hpp"

namespace feller {
std::optional<std::vector<double>> information_by_mmse(const Process& process,
                                                       std::span<const double> times) {
  if (process.dimension() > 1 || !process.law(1)->fisher_information()) return std::nullopt;
  const double variance = process.law(0)->moments().covariance[0][0];
  const auto half_relative_mmse = [&](double t) {
    const double noise = t / (1 + t);  // 1 - a
    return (1 - noise * *process.law(std::log1p(t) / 2)->fisher_information()) / 2;
  };
  return noise_integrals(half_relative_mmse, times, far_noise(variance));
}

}  // namespace feller
