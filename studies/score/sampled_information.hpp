#pragma once

/// Integrals over the noise by Monte Carlo: y from the population (or given), G normal, s uniform
/// in ln s over [t, T], and the mean of
///
///     ln(T/t) 1/2 (G + sqrt(s) s_s(z))^2,    z = y + sqrt(s) G
///
/// of which the control variate takes off the same with the score -(z - m)/(v + s) of the normal
/// law with the mean and variance of the population, whose integral is known. Draws depend on seed,
/// stream and number alone, so that ranks share them without a trace.

#include <cstdint>
#include <optional>

#include "discretisation/noise.hpp"
#include "solvers/estimate.hpp"
#include "studies/score/noised.hpp"

namespace feller {

struct SampledIntegral {
  Estimate plain;
  Estimate controlled;
};

class NoiseSampler {
 public:
  /// Key: seed and stream. `given`: this y in place of one from the population.
  NoiseSampler(const Noised& noised, NoiseKey key, std::int64_t samples,
               std::optional<double> given = std::nullopt);

  /// int_t^far |y - E[y|s,z]|^2/(2 s^2) ds. Collective.
  SampledIntegral integral(double t, double far, MPI_Comm comm) const;

 private:
  double draw(std::uint64_t number, double normal) const;
  /// The integral of the normal law's score, in closed form.
  double normal_integral(double t, double far) const;

  const Noised& noised_;
  NoiseKey key_;
  std::int64_t samples_;
  std::optional<double> given_;
};

}  // namespace feller
