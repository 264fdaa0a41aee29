#include "studies/score/reverse_ladder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/block_sums.hpp"

namespace feller {
namespace {

/// Particles that go through all motions and levels while they are in the cache. Fixed, as the
/// noise of a particle depends on it.
constexpr std::int64_t block = 1024;

Estimate estimate(double sum, double squares, double count) {
  const double mean = sum / count;
  return {mean, std::sqrt(std::max(0.0, squares / count - mean * mean) / (count - 1))};
}

std::vector<double> squares_of(const std::vector<double>& z, std::size_t count,
                               const std::vector<double>& centre) {
  std::vector<double> f(count);
  for (std::size_t a = 0; a < centre.size(); ++a) {
    for (std::size_t p = 0; p < count; ++p) {
      f[p] += std::pow(z[a * count + p] - centre[a], 2) / static_cast<double>(centre.size());
    }
  }
  return f;
}

/// In the sums of a motion: sum and squares of f a level, of the differences, of the first moment.
constexpr int quantities(int levels) {
  return 4 * levels;
}

LadderResult result_of(std::span<const double> sums, int levels, double count) {
  LadderResult result;
  for (int l = 0; l < levels; ++l) {
    const auto at = static_cast<std::size_t>(4 * l);
    result.second.push_back(estimate(sums[at], sums[at + 1], count));
    const Estimate other = estimate(sums[at + 2], sums[at + 3], count);
    if (l + 1 < levels) {
      result.difference.push_back(other);
    } else {
      result.first = other;
    }
  }
  return result;
}

/// One block through one motion.
void add_block(std::span<double> sums, ReverseParticles& particles, std::uint64_t first,
               const std::vector<double>& start, const ReverseMotion& motion,
               const LadderPlan& plan, std::vector<double>& z) {
  const auto centre = particles.clusters().mean();
  const std::size_t count = start.size() / centre.size();
  std::vector<double> before;
  for (int l = 0; l < plan.levels; ++l) {
    z = start;
    particles.carry(z, first, plan.times, static_cast<std::size_t>(plan.strides(l)), motion,
                    plan.scheme);
    auto f = squares_of(z, count, centre);
    const auto at = static_cast<std::size_t>(4 * l);
    for (std::size_t p = 0; p < count; ++p) {
      sums[at] += f[p];
      sums[at + 1] += f[p] * f[p];
      if (l == 0) continue;
      sums[at - 2] += before[p] - f[p];
      sums[at - 1] += std::pow(before[p] - f[p], 2);
    }
    before = std::move(f);
  }
  const auto last = static_cast<std::size_t>(4 * plan.levels - 2);
  for (std::size_t p = 0; p < count; ++p) {
    double offset = 0;
    for (std::size_t a = 0; a < centre.size(); ++a) offset += z[a * count + p] - centre[a];
    offset /= static_cast<double>(centre.size());
    sums[last] += offset;
    sums[last + 1] += offset * offset;
  }
}

}  // namespace

std::vector<NamedMotion> motions_of(const std::vector<double>& lambdas) {
  std::vector<NamedMotion> motions;
  for (const bool printed : {false, true}) {
    for (const double lambda : lambdas) {
      if (printed && (lambda == 0 || lambda == 1)) continue;
      motions.push_back({.name = fmt::format("{}_{}", printed ? "printed" : "lambda", lambda),
                         .words = fmt::format("lambda = {}{}", lambda,
                                              printed ? ", noise lambda as printed" : ""),
                         .lambda = lambda,
                         .printed = printed,
                         .motion = printed ? printed_motion(lambda) : reverse_motion(lambda)});
    }
  }
  return motions;
}

Estimate LadderResult::order(int level) const {
  const auto l = static_cast<std::size_t>(level);
  const Estimate &a = difference[l], &b = difference[l + 1];
  return {std::log2(a.value / b.value),
          std::hypot(a.error / a.value, b.error / b.value) / std::log(2.0)};
}

Estimate LadderResult::extrapolated(int order) const {
  const double over = std::pow(2, order) - 1;
  return {second.back().value - difference.back().value / over,
          second.back().error + difference.back().error / over};
}

double LadderResult::remainder(int order) const {
  const double over = std::pow(2, order) - 1;
  const double d = difference.back().value, before = difference[difference.size() - 2].value;
  return std::abs(d - (before - d) / over);
}

std::vector<LadderResult> run_ladder(MPI_Comm comm, ReverseParticles& particles,
                                     const std::vector<NamedMotion>& motions,
                                     const LadderPlan& plan, const Harvest& harvest,
                                     const std::function<void(double)>& tell) {
  const auto blocks = static_cast<int>((plan.particles + block - 1) / block);
  const int width = quantities(plan.levels), ranks = size_of(comm);
  BlockSums sums{blocks, width * static_cast<int>(motions.size())};
  std::vector<double> z;
  for (int b = rank_of(comm); b < blocks; b += ranks) {
    const std::int64_t first = b * block;
    const auto count = static_cast<std::size_t>(std::min(block, plan.particles - first));
    const auto number = static_cast<std::uint64_t>(first);
    const double T = plan.times.front();
    const auto start = plan.exact_start ? particles.start_exact(T, number, count)
                                        : particles.start_normal(T, number, count);
    for (std::size_t m = 0; m < motions.size(); ++m) {
      const auto part =
          sums.of(b).subspan(m * static_cast<std::size_t>(width), static_cast<std::size_t>(width));
      add_block(part, particles, number, start, motions[m].motion, plan, z);
      harvest(m, z, count);
      tell((b + static_cast<double>(m + 1) / static_cast<double>(motions.size())) / blocks);
    }
  }
  const auto totals = sums.total(comm);
  std::vector<LadderResult> results;
  for (std::size_t m = 0; m < motions.size(); ++m) {
    const auto part = std::span{totals}.subspan(m * static_cast<std::size_t>(width),
                                                static_cast<std::size_t>(width));
    results.push_back(result_of(part, plan.levels, static_cast<double>(plan.particles)));
  }
  return results;
}

}  // namespace feller
