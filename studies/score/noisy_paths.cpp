#include "studies/score/noisy_paths.hpp"

#include <algorithm>
#include <cmath>

#include "discretisation/noise.hpp"

namespace feller {
namespace {

/// Particles that are moved together: they fit into the cache.
constexpr std::int64_t batch = 4096;

/// What the particles of a rank add up to.
struct Sums {
  std::vector<long double> squares;
  std::vector<long double> counts;
};

long double sum_of_squares(const std::vector<double>& x) {
  long double sum = 0;
  for (const double value : x) sum += value * value;
  return sum;
}

void move_batch(const QuadraticNoise& law, Form form, const PathPlan& plan, const Bins& bins,
                std::int64_t first, std::int64_t last, Sums& sums) {
  const auto start = static_cast<std::uint64_t>(first);
  std::vector<double> x(static_cast<std::size_t>(last - first)), noise(x.size());
  NoiseKey key{.seed = plan.seed, .stream = plan.stream};
  standard_normals(key, start, x);
  for (double& value : x) value *= std::sqrt(plan.variance);
  sums.squares[0] += sum_of_squares(x);
  const double kept = 1 - law.ito_pull(form) * plan.step;
  for (int n = 1; n <= plan.steps; ++n) {
    key.step = static_cast<std::uint32_t>(n);
    standard_normals(key, start, noise);
    for (std::size_t j = 0; j < x.size(); ++j) {
      x[j] = kept * x[j] + std::sqrt(2 * law.diffusion(x[j]) * plan.step) * noise[j];
    }
    if (n % plan.every == 0) {
      sums.squares[static_cast<std::size_t>(n / plan.every)] += sum_of_squares(x);
    }
  }
  for (const double value : x) {
    const double bin = std::floor((value - bins.lower) / bins.width);
    if (bin >= 0 && bin < bins.count) sums.counts[static_cast<std::size_t>(bin)] += 1;
  }
}

std::vector<double> shares(MPI_Comm comm, const std::vector<long double>& sums,
                           std::int64_t particles) {
  std::vector<double> found;
  for (const long double own : sums) {
    found.push_back(static_cast<double>(sum(comm, own) / static_cast<long double>(particles)));
  }
  return found;
}

}  // namespace

NoisyPaths noisy_paths(MPI_Comm comm, const QuadraticNoise& law, Form form, const PathPlan& plan,
                       const Bins& bins) {
  const std::int64_t ranks = size_of(comm), rank = rank_of(comm);
  const std::int64_t first = plan.particles * rank / ranks;
  const std::int64_t last = plan.particles * (rank + 1) / ranks;
  Sums sums{std::vector<long double>(static_cast<std::size_t>(plan.steps / plan.every) + 1),
            std::vector<long double>(static_cast<std::size_t>(bins.count))};
  for (std::int64_t j = first; j < last; j += batch) {
    move_batch(law, form, plan, bins, j, std::min(last, j + batch), sums);
  }
  return {shares(comm, sums.squares, plan.particles), shares(comm, sums.counts, plan.particles)};
}

}  // namespace feller
