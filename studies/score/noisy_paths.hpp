#pragma once

/// Particles under a linear pull and noise that grows with the state (quadratic_noise.hpp), by
/// Euler and Maruyama's scheme in Ito's terms, McAllester (16):
///
///     X_{n+1} = X_n - theta' X_n h + sqrt(2 D(X_n) h) G_n,      X_0 ~ N(0, variance)
///
/// Particle j takes the noise of key (seed, stream, n, j): the same on any number of ranks, which
/// share the particles. Sums are in blocks: the same bits, too.

#include <cstdint>
#include <vector>

#include "discretisation/petsc.hpp"
#include "studies/score/quadratic_noise.hpp"

namespace feller {

struct PathPlan {
  std::int64_t particles = 0;
  std::uint64_t seed = 1;
  std::uint32_t stream = 0;
  double variance = 0.5;  ///< at time 0
  double step = 0;        ///< h
  int steps = 0;          ///< a multiple of `every`
  int every = 1;          ///< moments are taken after each so many steps
};

/// Bins of equal width.
struct Bins {
  double lower = -8;
  double width = 0.25;
  int count = 64;

  double centre(int bin) const { return lower + (bin + 0.5) * width; }
};

struct NoisyPaths {
  std::vector<double> second_moments;  ///< at time 0 and after each `every` steps
  std::vector<double> fourth_moments;
  std::vector<double> histogram;  ///< share of the particles in each bin at the end
};

/// Collective.
NoisyPaths noisy_paths(MPI_Comm comm, const QuadraticNoise& law, Form form, const PathPlan& plan,
                       const Bins& bins);

}  // namespace feller
