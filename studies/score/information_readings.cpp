#include "studies/score/information_readings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "problems/processes/noise_integral.hpp"
#include "problems/processes/quadrature.hpp"

namespace feller {
namespace {

/// E[y|t,z].
double posterior_mean(const Mixture& law, double t, double z) {
  return z + t * law.score(0, {z, 0, 0});
}

}  // namespace

double far_noise(const Noised& noised) {
  return far_noise(noised.variance());
}

std::vector<double> information_by_mmse(const Noised& noised, std::span<const double> times) {
  return noise_integrals([&](double t) { return noised.relative_mmse(t) / 2; }, times,
                         far_noise(noised));
}

double information_by_entropy(const Noised& noised, double t) {
  return *noised.law(t).entropy() - std::log(2 * std::numbers::pi * std::numbers::e * t) / 2;
}

double reading_a(const Noised& noised, double t) {
  return noised.relative_mmse(t) / 2;
}

double reading_b(const Noised& noised, double t) {
  const Mixture seen = noised.law(t);
  const auto cuts = seen.breaks();
  const double mmse = t * noised.relative_mmse(t);
  const auto f = [&](double s) {
    const Mixture law = noised.law(s);
    const double apart = integral(
        [&](double z) {
          const double d = posterior_mean(seen, t, z) - posterior_mean(law, s, z);
          return seen.density({z, 0, 0}) * d * d;
        },
        cuts, 1e-12);
    return (mmse + apart) / (2 * s);
  };
  return noise_integrals(f, std::array{t}, far_noise(noised), 1e-11).front();
}

}  // namespace feller
