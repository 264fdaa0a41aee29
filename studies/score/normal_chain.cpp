#include "studies/score/normal_chain.hpp"

#include <cmath>
#include <numbers>

#include "studies/score/normal_divergence.hpp"

namespace feller {
namespace {

/// KL of N(m1, v1) to N(m2, v2), the mean of (m1 - m2)^2 given.
double normal_divergence(double v1, double v2, double square) {
  return variance_divergence(v1 / v2 - 1) + square / (2 * v2);
}

}  // namespace

double normal_surprise(double variance, double y) {
  return (std::log(2 * std::numbers::pi * variance) + y * y / variance) / 2;
}

double normal_chain_likelihood(double v, double y, double dt, int steps) {
  double sum = normal_divergence(steps * dt, v + steps * dt, y * y);
  for (int i = 2; i <= steps; ++i) {
    const double a = v + (i - 1) * dt, keep = a / (a + dt);
    // Over z_i = y + sqrt(i dt) G: the distance of the means is y dt/(a+dt) + (..) sqrt(i dt) G.
    const double constant = y * dt / (a + dt), slope = 1 - 1.0 / i - keep;
    sum += normal_divergence(dt * (i - 1) / i, a * dt / (a + dt),
                             constant * constant + slope * slope * i * dt);
  }
  const double keep = v / (v + dt), constant = y * dt / (v + dt);
  const double square = constant * constant + keep * keep * dt;
  return sum + (std::log(2 * std::numbers::pi * keep * dt) + square / (keep * dt)) / 2;
}

}  // namespace feller
