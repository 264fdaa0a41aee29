#include "studies/score/one_step.hpp"

#include <array>
#include <cmath>

#include "problems/processes/quadrature.hpp"

namespace feller {
namespace {

/// int f over the standardised variable; components with a narrow posterior stand within a few
/// widths.
double whole(const std::function<double(double)>& f) {
  return integral(f, {-12, -8, -5, -3, -2, -1, 0, 1, 2, 3, 5, 8, 12}, 1e-15);
}

}  // namespace

OneStep one_step(const Noised& noised, double t, double z, double dt) {
  const Mixture now = noised.law(t), before = noised.law(t - dt);
  const double log_p = now.log_density({z, 0, 0}), drift = dt * now.score(0, {z, 0, 0});
  const double root = std::sqrt(dt);
  const Spread normal{0, 0, 1};
  // Of u = (x - z - drift)/sqrt(dt); N(z; x, dt) is that of u + drift/sqrt(dt).
  const auto log_density = [&](double u) {
    return before.log_density({z + drift + root * u, 0, 0}) + normal.log_density(u + drift / root) -
           log_p;
  };
  const auto mean_of = [&](auto&& f) {
    return whole([&](double u) { return f(u) * std::exp(log_density(u)); });
  };
  OneStep step;
  step.mass = mean_of([](double) { return 1.0; });
  step.mean = mean_of([](double u) { return u; });
  const double m = step.mean;
  step.variance = mean_of([m](double u) { return (u - m) * (u - m); });
  step.skewness =
      mean_of([m](double u) { return std::pow(u - m, 3); }) / std::pow(step.variance, 1.5);
  step.divergence =
      whole([&](double u) { return relative_entropy_term(log_density(u), normal.log_density(u)); });
  return step;
}

double log_curvature(const Noised& noised, double t, double z) {
  return (noised.posterior(t, z).variance / t - 1) / t;
}

}  // namespace feller
