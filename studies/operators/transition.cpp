#include "studies/operators/transition.hpp"

#include <cmath>
#include <numbers>

#include "problems/processes/process.hpp"

namespace feller {

double OrnsteinUhlenbeckTransition::mean(double x, double h) const {
  return x * std::exp(-theta * h);
}

double OrnsteinUhlenbeckTransition::variance(double h) const {
  return -diffusion / theta * std::expm1(-2 * theta * h);
}

double OrnsteinUhlenbeckTransition::sample(double x, double h, double normal) const {
  return mean(x, h) + std::sqrt(variance(h)) * normal;
}

double OrnsteinUhlenbeckTransition::moment(int k, double x, double h) const {
  const double shift = x * std::expm1(-theta * h);
  return k == 1 ? shift / h : (shift * shift + variance(h)) / h;
}

double OrnsteinUhlenbeckTransition::limit(int k, double x) const {
  return k == 1 ? -theta * x : 2 * diffusion;
}

double OrnsteinUhlenbeckTransition::spread(int k, double x, double h) const {
  const double v = variance(h), shift = x * std::expm1(-theta * h);
  // Var Z^2 = 2 v^2 + 4 shift^2 v for Z ~ N(shift, v).
  return (k == 1 ? v : 2 * v * v + 4 * shift * shift * v) / (h * h);
}

OrnsteinUhlenbeckTransition::Density OrnsteinUhlenbeckTransition::density(double y, double s,
                                                                          double x) const {
  const double a = std::exp(-theta * s), v = variance(s);
  const double d = (y - a * x) / v;  // p_x = a d p
  const double p = std::exp(-d * d * v / 2) / std::sqrt(2 * std::numbers::pi * v);
  const double second = a * a * (d * d - 1 / v);  // p_xx / p
  const double mean_in_time = -theta * a * x, v_in_time = 2 * diffusion * a * a;
  const double in_time = d * mean_in_time + d * d * v_in_time / 2 - v_in_time / (2 * v);
  return {p, p * in_time, p * (diffusion * second - theta * x * (a * d))};
}

std::optional<double> linear_pull(const Process* process) {
  if (process == nullptr || !process->potential()) return std::nullopt;
  const double theta = -process->drift(0, {1});
  if (!(theta > 0)) return std::nullopt;
  for (int a = 0; a < process->dimension(); ++a) {
    for (const double x : {-3.0, -0.5, 0.0, 0.7, 2.0}) {
      Point point{0.3, -0.2, 0.1};
      point[static_cast<std::size_t>(a)] = x;
      if (std::abs(process->drift(a, point) + theta * x) > 1e-12 * theta) return std::nullopt;
    }
  }
  return theta;
}

OrnsteinUhlenbeckTransition transition_of(const Problem& problem, const Parameters& parameters) {
  const auto theta = linear_pull(problem.process());
  if (!theta || problem.process()->dimension() != 1) {
    throw parameters.blame("problem.kind",
                           "has no transition in closed form that paths could be drawn from "
                           "here: take ornstein_uhlenbeck on a grid with one axis");
  }
  return {*theta, problem.process()->diffusion(0, 0, {1})};
}

}  // namespace feller
