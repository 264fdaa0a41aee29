#include "studies/score/path_terms.hpp"

#include <cmath>
#include <numbers>

#include "problems/processes/noise_integral.hpp"

namespace feller {

double PathTerms::first(double t) const {
  const Mixture law = noised_.law(t);
  const double root = std::sqrt(t);
  const Spread kernel{0, 0, root};
  return normal_mean([&](double g) {
    return kernel.log_density(root * g) - law.log_density({likelihood_.y() + root * g, 0, 0});
  });
}

double PathTerms::step(double t, double dt) const {
  const Mixture now = noised_.law(t), before = noised_.law(t - dt);
  const double part = dt / t, width = std::sqrt(dt * (1 - part));
  const Spread bridge{0, 0, width}, noise{0, 0, std::sqrt(dt)};
  return normal_mean([&](double g) {
    const double z = likelihood_.y() + std::sqrt(t) * g;
    const double mean = z + part * (likelihood_.y() - z);
    const double log_now = now.log_density({z, 0, 0});
    return normal_mean([&](double u) {
      const double x = mean + width * u;
      return bridge.log_density(width * u) - before.log_density({x, 0, 0}) -
             noise.log_density(z - x) + log_now;
    });
  });
}

double PathTerms::last_excess(double dt) const {
  return last(dt) - std::log(2 * std::numbers::pi * std::numbers::e * dt) / 2;
}

double PathTerms::steps_by_rate(double from, double to, int steps) const {
  const double dt = (to - from) / steps;
  double sum = 0;
  for (int i = 1; i <= steps; ++i) sum += rate(from + i * dt);
  return sum * dt;
}

}  // namespace feller
