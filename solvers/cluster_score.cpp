#include "solvers/cluster_score.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <stdexcept>

namespace feller {
namespace {

/// Particles at a time: their shares stay in the nearest cache, and loops over as many become
/// vectors.
constexpr std::size_t tile = 32;
/// Doubles a cache line holds.
constexpr std::size_t line = 8;

/// e^x for x <= 0, to 2 units in the last place; 0 below -708. Without a branch, for the compiler
/// to turn into vector instructions: x = k ln 2 + r with |r| <= ln(2)/2, a polynomial of degree 11
/// through the Chebyshev nodes of that interval for e^r (its error is 3e-18), and k put into the
/// exponent. std::fma rounds the same everywhere, in hardware or not.
[[gnu::always_inline]] inline double exponential(double x) {
  constexpr double shift = 0x1.8p52;  // adding it rounds to an integer in the lowest bits
  constexpr double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;
  constexpr std::array coefficients{0x1.af632a0f7e2cep-26,
                                    0x1.28b4101c77212p-22,
                                    0x1.71ddf56d8deb5p-19,
                                    0x1.a01991a10d9aep-16,
                                    0x1.a01a01b1461c5p-13,
                                    0x1.6c16c1880029fp-10,
                                    0x1.111111110f21ep-7,
                                    0x1.555555554f0bap-5,
                                    0x1.555555555555ap-3,
                                    0x1.0000000000011p-1,
                                    1.0,
                                    1.0};
  const double inside = x < -708 ? -708 : x;
  const double shifted = std::fma(inside, 0x1.71547652b82fep0, shift);
  const double k = shifted - shift;
  const double r = std::fma(-k, ln2_low, std::fma(-k, ln2_high, inside));
  double sum = coefficients[0];
  for (std::size_t i = 1; i < coefficients.size(); ++i) sum = std::fma(sum, r, coefficients[i]);
  const std::uint64_t power = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52;
  const double scaled = sum * std::bit_cast<double>(power);
  return x < -708 ? 0 : scaled;
}

/// The tile's ln(w_k p(z | k)) up to a constant, and the largest over k.
[[gnu::always_inline]] inline void weigh(const ScoreTask& task, const double* __restrict z,
                                         double* __restrict logs, double* __restrict largest) {
  for (std::size_t p = 0; p < tile; ++p) largest[p] = -1e308;
  for (std::size_t k = 0; k < task.clusters; ++k) {
    const double* mean = task.means + k * task.dimension;
    alignas(64) double square[tile] = {};
    for (std::size_t a = 0; a < task.dimension; ++a) {
      for (std::size_t p = 0; p < tile; ++p) {
        const double d = z[a * tile + p] - mean[a];
        square[p] = std::fma(d, d, square[p]);
      }
    }
    const double half = -0.5 * task.precisions[k], log_weight = task.log_weights[k];
    for (std::size_t p = 0; p < tile; ++p) {
      const double log_k = std::fma(half, square[p], log_weight);
      logs[k * tile + p] = log_k;
      largest[p] = log_k > largest[p] ? log_k : largest[p];
    }
  }
}

/// s_t of the tile from its z.
[[gnu::always_inline]] inline void evaluate_tile(const ScoreTask& task, const double* __restrict z,
                                                 double* __restrict shares,
                                                 double* __restrict score) {
  alignas(64) double largest[tile], total[tile] = {};
  weigh(task, z, shares, largest);
  for (std::size_t k = 0; k < task.clusters; ++k) {
    const double precision = task.precisions[k];
    for (std::size_t p = 0; p < tile; ++p) {
      const double e = exponential(shares[k * tile + p] - largest[p]);
      total[p] += e;
      shares[k * tile + p] = e * precision;
    }
  }
  for (std::size_t p = 0; p < tile; ++p) total[p] = 1 / total[p];
  for (std::size_t a = 0; a < task.dimension; ++a) {
    alignas(64) double sum[tile] = {};
    // Differences, not sum - pull z: near a point at small t the two would cancel.
    for (std::size_t k = 0; k < task.clusters; ++k) {
      const double mean = task.means[k * task.dimension + a];
      for (std::size_t p = 0; p < tile; ++p) {
        sum[p] = std::fma(shares[k * tile + p], mean - z[a * tile + p], sum[p]);
      }
    }
    for (std::size_t p = 0; p < tile; ++p) score[a * tile + p] = sum[p] * total[p];
  }
}

[[gnu::always_inline]] inline void evaluate(const ScoreTask& task) {
  double* z = task.scratch;
  double* score = z + task.dimension * tile;
  double* shares = score + task.dimension * tile;
  for (std::size_t begin = 0; begin < task.particles; begin += tile) {
    const std::size_t count = std::min(tile, task.particles - begin);
    for (std::size_t a = 0; a < task.dimension; ++a) {
      const double* from = task.z + a * task.stride + begin;
      // What is missing in the last tile repeats its first particle.
      for (std::size_t p = 0; p < tile; ++p) z[a * tile + p] = from[p < count ? p : 0];
    }
    evaluate_tile(task, z, shares, score);
    for (std::size_t a = 0; a < task.dimension; ++a) {
      double* to = task.score + a * task.stride + begin;
      for (std::size_t p = 0; p < count; ++p) to[p] = score[a * tile + p];
    }
  }
}

void evaluate_portable(const ScoreTask& task) {
  evaluate(task);
}

#if defined(__x86_64__) && defined(__GNUC__)
[[gnu::target("avx2,fma")]] void evaluate_avx2(const ScoreTask& task) {
  evaluate(task);
}

[[gnu::target("fma,avx512f,avx512dq,avx512vl,avx512bw")]] void evaluate_avx512(
    const ScoreTask& task) {
  evaluate(task);
}

std::vector<ScoreKernel> kernels_of_this_machine() {
  std::vector<ScoreKernel> found;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")) {
    found.push_back({"AVX-512", evaluate_avx512});
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    found.push_back({"AVX2", evaluate_avx2});
  found.push_back({"portable", evaluate_portable});
  return found;
}
#else
std::vector<ScoreKernel> kernels_of_this_machine() {
  return {{"portable", evaluate_portable}};
}
#endif

}  // namespace

std::span<const ScoreKernel> score_kernels() {
  static const std::vector<ScoreKernel> kernels = kernels_of_this_machine();
  return kernels;
}

std::vector<double> Clusters::shares() const {
  double total = 0;
  for (const double w : weights) total += w;
  std::vector<double> shares;
  for (const double w : weights) shares.push_back(w / total);
  return shares;
}

std::vector<double> Clusters::mean() const {
  const auto share = shares();
  std::vector<double> mean(dimension);
  for (std::size_t k = 0; k < size(); ++k) {
    for (std::size_t a = 0; a < dimension; ++a) mean[a] += share[k] * means[k * dimension + a];
  }
  return mean;
}

double Clusters::variance() const {
  const auto share = shares(), centre = mean();
  double sum = 0;
  for (std::size_t k = 0; k < size(); ++k) {
    double squares = 0;
    for (std::size_t a = 0; a < dimension; ++a) {
      squares += std::pow(means[k * dimension + a] - centre[a], 2);
    }
    sum += share[k] * (variances[k] + squares / static_cast<double>(dimension));
  }
  return sum;
}

ClusterScore::ClusterScore(Clusters clusters) : clusters_{std::move(clusters)} {
  const std::size_t count = clusters_.size();
  if (count == 0 || clusters_.variances.size() != count ||
      clusters_.means.size() != count * clusters_.dimension) {
    throw std::invalid_argument("clusters: weights, means and variances do not match");
  }
  log_weights_.resize(count);
  precisions_.resize(count);
}

void ClusterScore::operator()(double t, std::span<const double> z, std::span<double> score) {
  const std::size_t particles = z.size() / clusters_.dimension;
  for (std::size_t k = 0; k < clusters_.size(); ++k) {
    const double variance = clusters_.variances[k] + t;
    precisions_[k] = 1 / variance;
    log_weights_[k] = std::log(clusters_.weights[k]) -
                      0.5 * static_cast<double>(clusters_.dimension) * std::log(variance);
  }
  scratch_.resize(tile * (clusters_.size() + 2 * clusters_.dimension) + line);
  const auto address = reinterpret_cast<std::uintptr_t>(scratch_.data()) / sizeof(double);
  score_kernels().front().evaluate({.dimension = clusters_.dimension,
                                    .clusters = clusters_.size(),
                                    .particles = particles,
                                    .stride = particles,
                                    .means = clusters_.means.data(),
                                    .log_weights = log_weights_.data(),
                                    .precisions = precisions_.data(),
                                    .z = z.data(),
                                    .score = score.data(),
                                    .scratch = scratch_.data() + (line - address % line) % line});
}

}  // namespace feller
