#include "studies/flow/orders.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace feller {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

std::vector<double> logarithms(std::span<const double> values) {
  std::vector<double> logs;
  for (const double value : values) {
    logs.push_back(value > 0 && std::isfinite(value) ? std::log(value) : unknown);
  }
  return logs;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double extrapolated(double coarse, double fine, double gain) {
  return fine + (fine - coarse) / (gain - 1);
}

}  // namespace

double pairwise_order(double coarse, double fine, double error_coarse, double error_fine) {
  if (!(error_coarse > 0 && error_fine > 0)) return unknown;
  const double order = std::log(error_coarse / error_fine) / std::log(coarse / fine);
  return std::isfinite(order) ? order : unknown;
}

Order observed_order(std::span<const double> spacings, std::span<const double> errors) {
  const std::size_t n = errors.size();
  Order order{unknown, unknown, unknown, unknown};
  if (n < 2) return order;
  const auto x = logarithms(spacings), y = logarithms(errors);
  const double x_mean = mean_of(x), y_mean = mean_of(y);
  double xx = 0, xy = 0, rest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    xx += (x[i] - x_mean) * (x[i] - x_mean);
    xy += (x[i] - x_mean) * (y[i] - y_mean);
  }
  order.value = xy / xx;
  if (!std::isfinite(order.value)) return {unknown, unknown, unknown, unknown};
  for (std::size_t i = 0; i < n; ++i) {
    const double off = y[i] - y_mean - order.value * (x[i] - x_mean);
    rest += off * off;
  }
  if (n > 2) order.standard_error = std::sqrt(rest / static_cast<double>(n - 2) / xx);
  order.least = std::numeric_limits<double>::infinity();
  order.largest = -order.least;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const double pair = (y[i] - y[i + 1]) / (x[i] - x[i + 1]);
    order.least = std::min(order.least, pair);
    order.largest = std::max(order.largest, pair);
  }
  return order;
}

Limit richardson(std::span<const double> values, double ratio, double order) {
  Limit limit{unknown, unknown, unknown};
  const std::size_t n = values.size();
  if (n < 2) return limit;
  const double gain = std::pow(ratio, order);
  limit.value = extrapolated(values[n - 2], values[n - 1], gain);
  if (n < 3) return limit;
  const double before = extrapolated(values[n - 3], values[n - 2], gain);
  limit.remaining = std::abs(limit.value - before);
  limit.order =
      std::log((values[n - 3] - values[n - 2]) / (values[n - 2] - values[n - 1])) / std::log(ratio);
  if (!std::isfinite(limit.order)) limit.order = unknown;
  return limit;
}

}  // namespace feller
