/// Particles of the reverse SDE with the exact score of a mixture, on one rank: reverse STEPS
///
/// Euler-Maruyama steps with lambda = 1 of 2^18 particles from t = 10 to t = 0.1, a block that fits
/// the cache through all steps at a time. Prints, a line each for 1 dimension with 3 clusters and 2
/// dimensions with 8, the median of five in CPU nanoseconds a particle and step, and the mean
/// square at the end.

#include <fmt/format.h>

#include <algorithm>

#include "benchmarks/cpu_time.hpp"
#include "discretisation/petsc.hpp"
#include "solvers/reverse_particles.hpp"

namespace {

using namespace feller;

/// Those of reverse.py.
Clusters clusters(std::size_t dimension) {
  if (dimension == 1) {
    return {.dimension = 1,
            .weights = {0.3, 0.45, 0.25},
            .means = {-1, 0.2, 1.3},
            .variances = {0.04, 0.0225, 0.09}};
  }
  Clusters all{.dimension = 2, .weights = {}, .means = {}, .variances = {}};
  for (int k = 0; k < 8; ++k) {
    all.weights.push_back(1);
    all.means.push_back(k % 3 - 1.0);
    all.means.push_back(k / 3 - 1.0);
    all.variances.push_back(0.04);
  }
  return all;
}

void measure(std::size_t dimension, int steps) {
  constexpr std::size_t block = 1024, blocks = 256;
  const auto times = log_times(10, 0.1, steps);
  ReverseParticles particles{clusters(dimension), 1};
  std::vector<double> found;
  double squares = 0;
  for (int round = 0; round < 5; ++round) {
    squares = 0;
    const double begin = cpu_seconds();
    for (std::size_t b = 0; b < blocks; ++b) {
      auto z = particles.start_exact(10, b * block, block);
      particles.carry(z, b * block, times, 1, reverse_motion(1), ReverseScheme::euler_maruyama);
      for (const double value : z) squares += value * value;
    }
    found.push_back(1e9 * (cpu_seconds() - begin) / (double(block * blocks) * steps));
  }
  std::ranges::sort(found);
  fmt::print("{} {}\n", found[2], squares / double(block * blocks * dimension));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "reverse STEPS\n");
    return 2;
  }
  const feller::Session session{1, argv};
  for (const std::size_t dimension : {1U, 2U}) measure(dimension, std::stoi(argv[1]));
  return 0;
}
