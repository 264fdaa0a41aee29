#include "studies/score/decision_threshold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace feller {

double crossing(const std::function<double(double)>& falling, double value, double from,
                double to) {
  double low = std::log(from), high = std::log(to);
  while (high - low > 1e-13) {
    const double middle = (low + high) / 2;
    if (!(low < middle && middle < high)) break;
    (falling(std::exp(middle)) > value ? low : high) = middle;
  }
  return std::exp((low + high) / 2);
}

Threshold bounded_threshold(double at, double entropy,
                            const std::function<double(double)>& left_bound,
                            const std::function<double(double)>& most_known) {
  // No bound is nearer to t* than these are far.
  const double from = 1e-9 * at, to = 1e9 * at;
  return {.at = at,
          .low = crossing([&](double t) { return -left_bound(t); }, -entropy / 2, from, to),
          .high = crossing(most_known, entropy / 2, from, to)};
}

Check threshold_check(const Threshold& threshold, double entropy, double error) {
  const auto& [at, low, high] = threshold;
  return {.name = "threshold",
          .claim = fmt::format(
              "decision threshold: I(y; z(t*)) = H(P)/2 = {:.6f} at t* = {:.6g} (+- {:.1g}); the "
              "larger of t_low/t*, t*/t_high, t_low = {:.4g} by Bhattacharyya's bound, t_high = "
              "{:.4g} by a normal law",
              entropy / 2, at, error, low, high),
          .measured = std::max(low / at, at / high),
          .bound = 1,
          .statement = "V15"};
}

}  // namespace feller
