#include "studies/score/noisy_paths.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "discretisation/noise.hpp"
#include "solvers/block_sums.hpp"

namespace feller {
namespace {

/// Particles that are moved together: they fit into the cache.
constexpr std::int64_t batch = 4096;

/// Sums of a block: x^2 of each time, x^4 of each, counts.
void add_moments(const std::vector<double>& x, std::span<double> sums, std::size_t time,
                 std::size_t times) {
  for (const double value : x) {
    const double square = value * value;
    sums[time] += square;
    sums[times + time] += square * square;
  }
}

void move_block(const QuadraticNoise& law, Form form, const PathPlan& plan, const Bins& bins,
                std::int64_t first, std::int64_t last, std::span<double> sums) {
  const auto start = static_cast<std::uint64_t>(first);
  const auto times = static_cast<std::size_t>(plan.steps / plan.every) + 1;
  std::vector<double> x(static_cast<std::size_t>(last - first)), noise(x.size());
  NoiseKey key{.seed = plan.seed, .stream = plan.stream};
  standard_normals(key, start, x);
  for (double& value : x) value *= std::sqrt(plan.variance);
  add_moments(x, sums, 0, times);
  const double kept = 1 - law.ito_pull(form) * plan.step;
  for (int n = 1; n <= plan.steps; ++n) {
    key.step = static_cast<std::uint32_t>(n);
    standard_normals(key, start, noise);
    for (std::size_t j = 0; j < x.size(); ++j) {
      x[j] = kept * x[j] + std::sqrt(2 * law.diffusion(x[j]) * plan.step) * noise[j];
    }
    if (n % plan.every == 0) {
      add_moments(x, sums, static_cast<std::size_t>(n / plan.every), times);
    }
  }
  for (const double value : x) {
    const double bin = std::floor((value - bins.lower) / bins.width);
    if (bin >= 0 && bin < bins.count) sums[2 * times + static_cast<std::size_t>(bin)] += 1;
  }
}

}  // namespace

NoisyPaths noisy_paths(MPI_Comm comm, const QuadraticNoise& law, Form form, const PathPlan& plan,
                       const Bins& bins) {
  const auto blocks = static_cast<int>((plan.particles + batch - 1) / batch);
  const int times = plan.steps / plan.every + 1;
  BlockSums sums{blocks, 2 * times + bins.count};
  for (int b = rank_of(comm); b < blocks; b += size_of(comm)) {
    move_block(law, form, plan, bins, b * batch, std::min(plan.particles, (b + 1) * batch),
               sums.of(b));
  }
  auto all = sums.total(comm);
  for (double& value : all) value /= static_cast<double>(plan.particles);
  const auto second = all.begin() + times, fourth = second + times;
  return {.second_moments = {all.begin(), second},
          .fourth_moments = {second, fourth},
          .histogram = {fourth, all.end()}};
}

}  // namespace feller
