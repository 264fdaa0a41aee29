#include "studies/score/wrong_paths.hpp"

#include <algorithm>
#include <cmath>

#include "discretisation/noise.hpp"
#include "solvers/block_sums.hpp"
#include "solvers/reverse_particles.hpp"

namespace feller {
namespace {

/// Particles that are moved together: they fit into the cache.
constexpr std::int64_t batch = 4096;

enum Quantity {
  ends,
  squares,
  fourths,
  logs,
  log_squares,
  weights,
  weight_squares,
  weighted_ends,
  weighted_end_squares,
  weighted_squares,
  weighted_square_squares,
  errors,
  quantities
};

/// A block's particles on their way; ln dQ/dP and int e^2 dt of each beside them.
struct Block {
  std::vector<double> z, log_ratio, square;
};

void carry(const WrongWalk& walk, ClusterScore& score, std::uint64_t start, Block& block) {
  const double g = (1 + walk.lambda) / 2;
  std::vector<double> slope(block.z.size()), noise(block.z.size());
  NoiseKey key{.seed = walk.seed, .stream = walk.stream};
  for (std::size_t k = walk.times.size() - 1; k > 0; --k) {
    key.step = static_cast<std::uint32_t>(walk.times.size() - k);
    standard_normals(key, start, noise);
    score(walk.times[k], block.z, slope);
    const double h = walk.times[k] - walk.times[k - 1], v = walk.lambda * h, root = std::sqrt(v);
    for (std::size_t j = 0; j < block.z.size(); ++j) {
      const double e = walk.error(slope[j], block.z[j]), random = root * noise[j];
      const double from_exact = g * h * e + random;
      block.log_ratio[j] += (from_exact * from_exact - random * random) / (2 * v);
      block.square[j] += h * e * e;
      block.z[j] += g * h * slope[j] + from_exact;
    }
  }
}

void add_up(const Block& block, std::span<double> sums) {
  for (std::size_t j = 0; j < block.z.size(); ++j) {
    const double z = block.z[j], log_ratio = block.log_ratio[j], weight = std::exp(-log_ratio);
    sums[ends] += z;
    sums[squares] += z * z;
    sums[fourths] += z * z * z * z;
    sums[logs] += log_ratio;
    sums[log_squares] += log_ratio * log_ratio;
    sums[weights] += weight;
    sums[weight_squares] += weight * weight;
    sums[weighted_ends] += weight * z;
    sums[weighted_end_squares] += weight * weight * z * z;
    sums[weighted_squares] += weight * z * z;
    sums[weighted_square_squares] += weight * weight * z * z * z * z;
    sums[errors] += block.square[j];
  }
}

Estimate estimate(double sum, double sum_of_squares, double count) {
  const double mean = sum / count, variance = sum_of_squares / count - mean * mean;
  return {mean, std::sqrt(std::max(variance, 0.0) / count)};
}

}  // namespace

WrongPaths wrong_paths(const WrongWalk& walk, const Grid& grid, CellCounts& counts) {
  const auto blocks = static_cast<int>((walk.particles + batch - 1) / batch);
  const ReverseParticles source{walk.clusters, walk.seed};
  ClusterScore score{walk.clusters};
  BlockSums sums{blocks, quantities};
  for (int b = rank_of(grid.comm()); b < blocks; b += size_of(grid.comm())) {
    const auto start = static_cast<std::uint64_t>(b * batch);
    const auto size = static_cast<std::size_t>(std::min(batch, walk.particles - b * batch));
    Block block{.z = source.start_exact(walk.times.back(), start, size),
                .log_ratio = std::vector<double>(size),
                .square = std::vector<double>(size)};
    carry(walk, score, start, block);
    add_up(block, sums.of(b));
    counts.take(block.z, size);
  }
  counts.gather();
  const auto all = sums.total(grid.comm());
  const auto count = static_cast<double>(walk.particles);
  const double mean = all[ends] / count;
  return {.mean = mean,
          .variance = all[squares] / count - mean * mean,
          .log_ratio = estimate(all[logs], all[log_squares], count),
          .second = estimate(all[squares], all[fourths], count),
          .weight = estimate(all[weights], all[weight_squares], count),
          .weighted = estimate(all[weighted_ends], all[weighted_end_squares], count),
          .weighted_second = estimate(all[weighted_squares], all[weighted_square_squares], count),
          .square = all[errors] / count};
}

CellShares cell_shares(const CellCounts& counts, const Grid& grid, const Law& law,
                       std::int64_t particles) {
  CellShares shares;
  double found = 0, expected = 0;
  for_each(grid.whole(), [&](const Index& k) {
    const Region cell{.lower = {grid.axis(0).face(k[0]), 0, 0},
                      .upper = {grid.axis(0).face(k[0] + 1), 0, 0}};
    const double share = law.probability(cell);
    if (share * static_cast<double>(particles) < 5) return;
    shares.expected.push_back(share);
    shares.found.push_back(counts.density(k) * grid.volume(k));
    expected += shares.expected.back();
    found += shares.found.back();
  });
  shares.expected.push_back(std::max(0.0, 1 - expected));
  shares.found.push_back(std::max(0.0, 1 - found));
  return shares;
}

Estimate sampled_divergence(const std::vector<double>& q, const std::vector<double>& p,
                            double particles, double others) {
  double mean = 0, square = 0, ratio = 0, ratio_square = 0, cells = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    // A cell that holds next to nothing of p, and nothing but round-off of q.
    if (!(p[i] > 1e-9 && q[i] > 1e-9)) continue;
    const double term = std::log(q[i] / p[i]);
    mean += q[i] * term;
    square += q[i] * term * term;
    ratio += q[i] / p[i];
    ratio_square += q[i] * q[i] / p[i];
    cells += 1;
  }
  // To second order in the noise of both: (cells - 1)/2N of q, (sum q/p - 1)/2M of p.
  const double bias = (cells - 1) / (2 * particles) + (ratio - 1) / (2 * others);
  const double variance = (square - mean * mean) / particles + (ratio_square - 1) / others +
                          (cells - 1) / 2 * std::pow(1 / particles + 1 / others, 2);
  return {mean - bias, std::sqrt(std::max(variance, 0.0))};
}

}  // namespace feller
