#include "studies/score/quadratic_noise.hpp"

#include <cmath>
#include <vector>

#include "problems/processes/quadrature.hpp"

namespace feller {

double QuadraticNoise::ito_pull(Form form) const {
  return pull - 2 * (1 - share_of_divergence(form)) * growth;
}

double QuadraticNoise::second_moment(Form form, double initial, double time) const {
  const double rate = ito_pull(form) - growth;
  // (1 - e^(-2 rate t)) / rate, which stays finite where the variance has no limit.
  const double reach = rate == 0 ? 2 * time : -std::expm1(-2 * rate * time) / rate;
  return initial * std::exp(-2 * rate * time) + floor * reach;
}

double QuadraticNoise::even_moment(Form form, int k, double variance, double time) const {
  const auto size = static_cast<std::size_t>(k) + 1;
  std::vector<double> m(size, 1);
  for (std::size_t j = 1; j < size; ++j) {
    m[j] = m[j - 1] * variance * static_cast<double>(2 * j - 1);
  }
  const double own = ito_pull(form);
  const auto slope = [&](const std::vector<double>& at) {
    std::vector<double> d(size, 0);
    for (std::size_t j = 1; j < size; ++j) {
      const auto n = static_cast<double>(2 * j);
      d[j] = n * ((n - 1) * growth - own) * at[j] + n * (n - 1) * floor * at[j - 1];
    }
    return d;
  };
  const auto moved = [&](const std::vector<double>& d, double by) {
    std::vector<double> at{m};
    for (std::size_t j = 0; j < size; ++j) at[j] += by * d[j];
    return at;
  };
  constexpr int steps = 1000;
  const double h = time / steps;
  for (int n = 0; n < steps; ++n) {
    const auto s1 = slope(m), s2 = slope(moved(s1, h / 2)), s3 = slope(moved(s2, h / 2));
    const auto s4 = slope(moved(s3, h));
    for (std::size_t j = 0; j < size; ++j) m[j] += h / 6 * (s1[j] + 2 * s2[j] + 2 * s3[j] + s4[j]);
  }
  return m.back();
}

double QuadraticNoise::euler_second_moment(Form form, double initial, double step,
                                           int steps) const {
  const double kept = 1 - ito_pull(form) * step;
  double moment = initial;
  for (int n = 0; n < steps; ++n) {
    moment = (kept * kept + 2 * growth * step) * moment + 2 * floor * step;
  }
  return moment;
}

double QuadraticNoise::euler_fourth_moment(Form form, double variance, double step,
                                           int steps) const {
  const double kept = 1 - ito_pull(form) * step, kept_2 = kept * kept;
  double second = variance, fourth = 3 * variance * variance;
  for (int n = 0; n < steps; ++n) {
    const double with_noise = floor * second + growth * fourth;
    const double noise_square =
        floor * floor + 2 * floor * growth * second + growth * growth * fourth;
    fourth = kept_2 * kept_2 * fourth + 12 * kept_2 * step * with_noise +
             12 * step * step * noise_square;
    second = (kept_2 + 2 * growth * step) * second + 2 * floor * step;
  }
  return fourth;
}

double QuadraticNoise::stationary_shape(Form form, double x) const {
  const double power = share_of_divergence(form) + pull / (2 * growth);
  return std::exp(-power * std::log1p(growth * x * x / floor));
}

double QuadraticNoise::stationary_tail(Form form, int power, double from) const {
  // x = +-e^s, in pieces of one e-fold.
  const auto part = [&](int n, double lower) {
    std::vector<double> breaks;
    for (double s = lower; s < lower + 80; s += 1) breaks.push_back(s);
    return integral(
        [&](double s) { return std::exp((n + 1) * s) * stationary_shape(form, std::exp(s)); },
        breaks);
  };
  return part(power, std::log(from)) / part(0, -40);
}

std::optional<QuadraticNoise> quadratic_noise(const Equation& equation, const Grid& grid) {
  const bool plain = grid.dimension() == 1 && equation.drift.size() == 1 &&
                     equation.diffusion.size() == 1 && !equation.potential;
  if (!plain || equation.form != Form::ito) return std::nullopt;
  const auto drift = [&](double x) { return equation.drift[0]({x, 0, 0}, 0); };
  const auto diffusion = [&](double x) { return equation.diffusion[0]({x, 0, 0}, 0); };
  QuadraticNoise found{.pull = -drift(1), .floor = diffusion(0)};
  found.growth = diffusion(1) - found.floor;
  if (!(found.pull > 0 && found.floor > 0 && found.growth > 0)) return std::nullopt;
  const Axis& axis = grid.axis(0);
  for (int i = 0; i <= 60; ++i) {
    const double x = axis.lower + axis.length() * i / 60;
    const double scale = found.diffusion(x);
    if (!(std::abs(drift(x) + found.pull * x) <= 1e-12 * found.pull * std::abs(x) &&
          std::abs(diffusion(x) - scale) <= 1e-12 * scale)) {
      return std::nullopt;
    }
  }
  return found;
}

}  // namespace feller
