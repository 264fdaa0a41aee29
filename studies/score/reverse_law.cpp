#include "studies/score/reverse_law.hpp"

#include <algorithm>
#include <cmath>

namespace feller {

NormalState reversed_normal(const NormalState& population, const NormalState& start, double from,
                            double to, const ReverseMotion& motion) {
  const double a_from = population.variance + from, a_to = population.variance + to;
  const double g = motion.drift, ratio = a_to / a_from;
  const double noise = motion.noise * motion.noise;
  // noise int_to^from (a_to/a_t)^(2 g) dt, which for 2 g = 1 is a logarithm.
  const double power = 2 * g - 1;
  const double spread =
      power == 0 ? a_to * std::log(1 / ratio) : a_to * (1 - std::pow(ratio, power)) / power;
  return {.mean = population.mean + (start.mean - population.mean) * std::pow(ratio, g),
          .variance = start.variance * std::pow(ratio, 2 * g) + noise * spread};
}

namespace {

NormalState end_of(const NormalState& population, const NormalState& start, double from, double to,
                   double lambda, double level) {
  const double a_from = population.variance + from, a_to = population.variance + to;
  const double ratio = a_to / a_from;
  return {
      .mean = population.mean + (start.mean - population.mean) * std::pow(ratio, (1 + lambda) / 2),
      .variance = level * a_to + (start.variance - level * a_from) * std::pow(ratio, 1 + lambda)};
}

}  // namespace

NormalState corrected_end(const NormalState& population, const NormalState& start, double from,
                          double to, double lambda) {
  return end_of(population, start, from, to, lambda, 1);
}

NormalState printed_end(const NormalState& population, const NormalState& start, double from,
                        double to, double lambda) {
  return end_of(population, start, from, to, lambda, lambda);
}

NormalState stepped_normal(const NormalState& population, NormalState start,
                           const std::vector<double>& times, std::size_t stride,
                           const ReverseMotion& motion, ReverseScheme scheme) {
  double offset = start.mean - population.mean, variance = start.variance;
  for (std::size_t i = 0; i + 1 < times.size(); i += stride) {
    const std::size_t next = std::min(i + stride, times.size() - 1);
    const double dt = times[i] - times[next];
    const double here = motion.drift * dt / (population.variance + times[i]);
    const double there = motion.drift * dt / (population.variance + times[next]);
    const bool heun = scheme == ReverseScheme::heun;
    const double factor = heun ? 1 - here / 2 - there / 2 * (1 - here) : 1 - here;
    const double noise = motion.noise * (heun ? 1 - there / 2 : 1);
    offset *= factor;
    variance = factor * factor * variance + noise * noise * dt;
  }
  return {.mean = population.mean + offset, .variance = variance};
}

double relative_entropy(const NormalState& of, const NormalState& to) {
  const double ratio = of.variance / to.variance, shift = of.mean - to.mean;
  return (ratio - 1 - std::log(ratio) + shift * shift / to.variance) / 2;
}

}  // namespace feller
