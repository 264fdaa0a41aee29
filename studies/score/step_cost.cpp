#include "studies/score/step_cost.hpp"

#include <algorithm>
#include <cmath>

#include "problems/processes/quadrature.hpp"
#include "studies/score/normal_divergence.hpp"

namespace feller {
namespace {

constexpr int nodes_per_run = 400;

/// (ln f)'' of one component with a width.
double curvature_of(const Spread& f, double x) {
  if (f.normal()) return -1 / (f.sd * f.sd);
  const double a = (x - f.lower) / f.sd, b = (x - f.upper) / f.sd, slope = f.log_slope(x);
  const double bells = (b * normal_density(b) - a * normal_density(a)) / (f.upper - f.lower);
  return bells / (f.sd * f.sd * f.density(x)) - slope * slope;
}

}  // namespace

double log_curvature(const Mixture& law, double x) {
  const double log_p = law.log_density({x, 0, 0}), slope = law.score(0, {x, 0, 0});
  double sum = 0;
  for (const auto& [weight, along] : law.components()) {
    const double log_share = std::log(weight) + along[0].log_density(x) - log_p;
    if (!(log_share > -700)) continue;
    const double off = along[0].log_slope(x) - slope;
    sum += std::exp(log_share) * (curvature_of(along[0], x) + off * off);
  }
  return sum;
}

StepCost::StepCost(const Process& process, double from, double to)
    : process_{process}, nodes_{log_times(from, to, nodes_per_run)}, lengths_{0} {
  // Simpson's rule in ln t.
  const auto density = [&](double t) { return t * std::sqrt(curvature(t)); };
  densities_.push_back(density(from));
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    const double width = std::log(nodes_[i] / nodes_[i - 1]), left = densities_.back();
    const double middle = density(std::sqrt(nodes_[i] * nodes_[i - 1]));
    const double right = density(nodes_[i]);
    densities_.push_back(right);
    lengths_.push_back(lengths_.back() + width / 6 * (left + 4 * middle + right));
    square_ += width / 6 * (left * left + 4 * middle * middle + right * right);
  }
}

double StepCost::fisher(double t) const {
  return process_.law(t)->fisher_information().value();
}

double StepCost::curvature(double t) const {
  const auto held = process_.law(t);
  const auto& law = dynamic_cast<const Mixture&>(*held);
  // In units of the law's variance, as the quadrature's tolerance is absolute.
  const double unit = law.moments().covariance[0][0];
  std::vector<double> cuts;
  for (const auto& component : law.components()) {
    std::ranges::copy(component.along[0].breaks(), std::back_inserter(cuts));
  }
  const auto square = [&](double x) {
    const double p = law.density({x, 0, 0}), second = p > 0 ? unit * log_curvature(law, x) : 0;
    return p * second * second;
  };
  return integral(square, cuts) / (4 * unit * unit);
}

double StepCost::length_error() const {
  return std::pow(std::log(nodes_.back() / nodes_.front()) / nodes_per_run, 4) + 1e-9;
}

double StepCost::logarithmic_cost() const {
  return std::log(nodes_.back() / nodes_.front()) * square_;
}

double StepCost::uniform_cost() const {
  return (nodes_.back() - nodes_.front()) * (fisher(nodes_.front()) - fisher(nodes_.back())) / 4;
}

Times StepCost::optimal_times(int steps) const {
  Times times{nodes_.front()};
  for (int k = 1; k < steps; ++k) {
    const double target = length() * k / steps;
    const auto above = std::ranges::upper_bound(lengths_, target);
    const auto i = static_cast<std::size_t>(above - lengths_.begin());
    // ln t by the length, by Hermite's cubic from both nodes and the slopes 1/density there.
    const double run = lengths_[i] - lengths_[i - 1], s = (target - lengths_[i - 1]) / run;
    const double rise = std::log(nodes_[i] / nodes_[i - 1]);
    const double left = run / densities_[i - 1], right = run / densities_[i];
    const double part =
        s * s * (3 - 2 * s) * rise + s * (1 - s) * (1 - s) * left - s * s * (1 - s) * right;
    times.push_back(nodes_[i - 1] * std::exp(part));
  }
  times.push_back(nodes_.back());
  return times;
}

double StepCost::path_rounding() const {
  // Entropies and Fisher's information come to about 1e-12 of themselves, and 1e-13 at least.
  const double ends = std::abs(process_.law(nodes_.back())->entropy().value()) +
                      std::abs(process_.law(nodes_.front())->entropy().value());
  return 1e-12 * (1 + ends) + 1e-13 * nodes_.back();
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
