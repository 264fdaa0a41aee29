#pragma once

/// Reverse processes with a score that is wrong by a constant b, for a population N(0, s^2),
/// a = s^2 + t, from the exact law at T down to t_0 (McAllester, (23), with the noise corrected):
///
///     dz = g (-z/a + b) dtau + sqrt(lambda) dW,      g = (1 + lambda)/2,   tau = T - t
///
/// ends with the exact variance a_0 and with the mean
///
///     delta = g b a_0 (1 - (a_0/a_T)^(g-1)) / (g - 1),      b a_0 ln(a_T/a_0) at g = 1,
///
/// so that KL = delta^2 / (2 a_0). The laws of the paths differ by (Girsanov)
///
///     (1/(2 lambda)) int E|g e_t|^2 dt = (1 + lambda)^2 / (8 lambda) b^2 (T - t_0)  >=  KL.

#include <cstdint>

#include "discretisation/petsc.hpp"
#include "solvers/time_grids.hpp"

namespace feller {

struct WrongScore {
  double variance = 1;  ///< s^2
  double error = 0.1;   ///< b
  double first = 0.01;  ///< t_0
  double last = 100;    ///< T

  double end_variance() const { return variance + first; }
  double shift(double lambda) const;
  double divergence(double lambda) const;       ///< delta^2 / (2 a_0)
  double path_divergence(double lambda) const;  ///< Girsanov's

  struct MeanVariance {
    double mean, variance;
  };
  /// By Runge and Kutta's method for the equations of both, in so many steps uniform in ln a.
  MeanVariance by_equations(double lambda, int steps) const;
  /// What Euler and Maruyama's steps on the grid `times` lead to, exactly.
  MeanVariance by_steps(double lambda, const Times& times) const;
  /// Uniform in ln a.
  Times times(int steps) const;
};

/// Mean and variance of particles at t_0, by Euler and Maruyama's steps. Particle j takes the noise
/// of key (seed, stream, step, j): the same on any number of ranks. Collective.
WrongScore::MeanVariance reverse_particles(MPI_Comm comm, const WrongScore& model, double lambda,
                                           const Times& times, std::int64_t particles,
                                           std::uint64_t seed, std::uint32_t stream);

}  // namespace feller
