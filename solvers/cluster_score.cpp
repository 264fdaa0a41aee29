#include "solvers/cluster_score.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <stdexcept>

namespace feller {
namespace {

/// Particles at a time, so that the shares of a few clusters stay in the nearest cache.
constexpr std::size_t chunk = 256;

/// e^x for x <= 0, to 2 units in the last place; 0 below -708. Without a branch, for the compiler
/// to turn into vector instructions: x = k ln 2 + r with |r| <= ln(2)/2, Taylor's polynomial of
/// degree 13 for e^r (its error is 5e-18), and k put into the exponent.
[[gnu::always_inline]] inline double exponential(double x) {
  constexpr double shift = 0x1.8p52;  // adding it rounds to an integer in the lowest bits
  constexpr double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;
  const double inside = x < -708 ? -708 : x;
  const double shifted = inside * 0x1.71547652b82fep0 + shift;
  const double k = shifted - shift;
  const double r = (inside - k * ln2_high) - k * ln2_low;
  double sum = 1.0 / 6227020800.0;
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r + 1;
  sum = sum * r + 1;
  const std::uint64_t power = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52;
  const double scaled = sum * std::bit_cast<double>(power);
  return x < -708 ? 0 : scaled;
}

/// ln(w_k p(z | k)) up to a constant, and the largest over k.
[[gnu::always_inline]] inline void weigh(const ScoreTask& task, double* logs, double* largest) {
  const std::size_t particles = task.particles;
  for (std::size_t p = 0; p < particles; ++p) largest[p] = -1e308;
  for (std::size_t k = 0; k < task.clusters; ++k) {
    double* __restrict log_k = logs + k * particles;
    for (std::size_t p = 0; p < particles; ++p) log_k[p] = 0;
    for (std::size_t a = 0; a < task.dimension; ++a) {
      const double mean = task.means[k * task.dimension + a];
      const double* __restrict z = task.z + a * task.stride;
      for (std::size_t p = 0; p < particles; ++p) log_k[p] += (z[p] - mean) * (z[p] - mean);
    }
    const double half = -0.5 * task.precisions[k], log_weight = task.log_weights[k];
    for (std::size_t p = 0; p < particles; ++p) {
      log_k[p] = log_weight + half * log_k[p];
      largest[p] = log_k[p] > largest[p] ? log_k[p] : largest[p];
    }
  }
}

[[gnu::always_inline]] inline void evaluate(const ScoreTask& task) {
  const std::size_t particles = task.particles;
  double* __restrict shares = task.scratch;
  double* __restrict largest = shares + task.clusters * particles;
  double* __restrict total = largest + particles;
  double* __restrict pull = total + particles;
  weigh(task, shares, largest);
  for (std::size_t p = 0; p < particles; ++p) total[p] = pull[p] = 0;
  for (std::size_t k = 0; k < task.clusters; ++k) {
    double* __restrict share = shares + k * particles;
    for (std::size_t p = 0; p < particles; ++p) {
      const double e = exponential(share[p] - largest[p]);
      total[p] += e;
      share[p] = e * task.precisions[k];
      pull[p] += share[p];
    }
  }
  for (std::size_t p = 0; p < particles; ++p) total[p] = 1 / total[p];
  for (std::size_t a = 0; a < task.dimension; ++a) {
    const double* __restrict z = task.z + a * task.stride;
    double* __restrict score = task.score + a * task.stride;
    for (std::size_t p = 0; p < particles; ++p) score[p] = 0;
    // Differences, not sum - pull z: near a point at small t the two would cancel.
    for (std::size_t k = 0; k < task.clusters; ++k) {
      const double mean = task.means[k * task.dimension + a];
      const double* __restrict share = shares + k * particles;
      for (std::size_t p = 0; p < particles; ++p) score[p] += share[p] * (mean - z[p]);
    }
    for (std::size_t p = 0; p < particles; ++p) score[p] *= total[p];
  }
}

void evaluate_portable(const ScoreTask& task) {
  evaluate(task);
}

#if defined(__x86_64__) && defined(__GNUC__)
[[gnu::target("avx2")]] void evaluate_avx2(const ScoreTask& task) {
  evaluate(task);
}

[[gnu::target("avx512f,avx512dq,avx512vl,avx512bw")]] void evaluate_avx512(const ScoreTask& task) {
  evaluate(task);
}

std::vector<ScoreKernel> kernels_of_this_machine() {
  std::vector<ScoreKernel> found;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")) {
    found.push_back({"AVX-512", evaluate_avx512});
  }
  if (__builtin_cpu_supports("avx2")) found.push_back({"AVX2", evaluate_avx2});
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
  scratch_.resize((clusters_.size() + 3) * std::min(chunk, particles));
  for (std::size_t begin = 0; begin < particles; begin += chunk) {
    score_kernels().front().evaluate({.dimension = clusters_.dimension,
                                      .clusters = clusters_.size(),
                                      .particles = std::min(chunk, particles - begin),
                                      .stride = particles,
                                      .means = clusters_.means.data(),
                                      .log_weights = log_weights_.data(),
                                      .precisions = precisions_.data(),
                                      .z = z.data() + begin,
                                      .score = score.data() + begin,
                                      .scratch = scratch_.data()});
  }
}

}  // namespace feller
