#include "studies/score/step_cost.hpp"

#include <algorithm>
#include <cmath>

#include "studies/score/normal_divergence.hpp"

namespace feller {
namespace {

constexpr int nodes_per_run = 400;

}  // namespace

StepCost::StepCost(const Process& process, double from, double to)
    : process_{process}, nodes_{log_times(from, to, nodes_per_run)}, lengths_{0} {
  // Simpson's rule in ln t.
  const auto density = [&](double t) { return t * std::sqrt(curvature(t)); };
  double left = density(from);
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    const double width = std::log(nodes_[i] / nodes_[i - 1]);
    const double middle = density(std::sqrt(nodes_[i] * nodes_[i - 1]));
    const double right = density(nodes_[i]);
    lengths_.push_back(lengths_.back() + width / 6 * (left + 4 * middle + right));
    left = right;
  }
}

double StepCost::fisher(double t) const {
  return process_.law(t)->fisher_information().value();
}

double StepCost::curvature(double t) const {
  constexpr double reach = 1e-3;
  return (fisher(t * (1 - reach)) - fisher(t * (1 + reach))) / (8 * reach * t);
}

Times StepCost::optimal_times(int steps) const {
  Times times{nodes_.front()};
  for (int k = 1; k < steps; ++k) {
    const double target = length() * k / steps;
    const auto above = std::ranges::upper_bound(lengths_, target);
    const auto i = static_cast<std::size_t>(above - lengths_.begin());
    const double part = (target - lengths_[i - 1]) / (lengths_[i] - lengths_[i - 1]);
    times.push_back(nodes_[i - 1] * std::pow(nodes_[i] / nodes_[i - 1], part));
  }
  times.push_back(nodes_.back());
  return times;
}

double StepCost::path_divergence(const Times& times) const {
  long double sum = process_.law(times.back())->entropy().value();
  sum -= process_.law(times.front())->entropy().value();
  for (std::size_t k = 1; k < times.size(); ++k) {
    sum -= static_cast<long double>(times[k] - times[k - 1]) * fisher(times[k]) / 2;
  }
  return static_cast<double>(sum);
}

double gaussian_path_divergence(double variance, const Times& times) {
  long double sum = 0;
  for (std::size_t k = 1; k < times.size(); ++k) {
    sum += variance_divergence(-(times[k] - times[k - 1]) / (variance + times[k]));
  }
  return static_cast<double>(sum);
}

double gaussian_end_divergence(double variance, const Times& times) {
  // The excess over the exact variance, e' = r^2 e + h^2 / a.
  double excess = 0;
  for (std::size_t k = times.size() - 1; k > 0; --k) {
    const double h = times[k] - times[k - 1], a = variance + times[k];
    const double kept = 1 - h / a;
    excess = kept * kept * excess + h * h / a;
  }
  return variance_divergence(excess / (variance + times.front()));
}

}  // namespace feller
