#include "studies/score/flow_particles.hpp"

#include <algorithm>
#include <cmath>

#include "discretisation/noise.hpp"
#include "solvers/block_sums.hpp"

namespace feller {
namespace {

constexpr std::int64_t block = 1024;
constexpr std::int64_t few = 4096;

/// Apart from those of ReverseParticles.
constexpr std::uint32_t of_diffusion = 11, of_relaxation = 12;

}  // namespace

FlowParticles::FlowParticles(MPI_Comm comm, Clusters clusters, const FlowPlan& plan)
    : comm_{comm}, particles_{clusters, plan.seed}, score_{std::move(clusters)}, plan_{plan} {}

void FlowParticles::each_block(
    std::int64_t particles,
    const std::function<void(std::uint64_t first, std::vector<double>& z)>& move) {
  for (std::int64_t b = rank_of(comm_); b * block < particles; b += size_of(comm_)) {
    const auto first = static_cast<std::uint64_t>(b * block);
    const auto count = static_cast<std::size_t>(std::min(block, particles - b * block));
    auto z = particles_.start_exact(plan_.from, first, count);
    move(first, z);
  }
}

void FlowParticles::diffuse(int steps, int power, const Harvest& harvest) {
  const double dt = (plan_.to - plan_.from) / steps, sd = power == 1 ? std::sqrt(dt) : dt;
  each_block(plan_.particles, [&](std::uint64_t first, std::vector<double>& z) {
    std::vector<double> noise(z.size());
    for (int k = 0; k < steps; ++k) {
      standard_normals({.seed = plan_.seed,
                        .stream = of_diffusion + 16 * static_cast<std::uint32_t>(steps),
                        .step = static_cast<std::uint32_t>(k)},
                       first, noise);
      for (std::size_t p = 0; p < z.size(); ++p) z[p] += sd * noise[p];
    }
    harvest(z);
  });
}

void FlowParticles::flow(int steps, double drift, const Harvest& harvest) {
  const Times up = log_times(plan_.from, plan_.to, steps);
  each_block(plan_.particles, [&](std::uint64_t first, std::vector<double>& z) {
    particles_.carry(z, first, up, 1, {.drift = drift, .noise = 0}, ReverseScheme::heun);
    harvest(z);
  });
}

void FlowParticles::relax(int steps, double ds, double amplitude, const Harvest& harvest) {
  const double root = amplitude * std::sqrt(2 * ds);
  each_block(plan_.particles, [&](std::uint64_t first, std::vector<double>& z) {
    std::vector<double> noise(z.size()), slope(z.size()), next(z.size()), second(z.size());
    for (int k = 0; k < steps; ++k) {
      standard_normals(
          {.seed = plan_.seed, .stream = of_relaxation, .step = static_cast<std::uint32_t>(k)},
          first, noise);
      score_(plan_.from, z, slope);
      for (std::size_t p = 0; p < z.size(); ++p) next[p] = z[p] + ds * slope[p] + root * noise[p];
      score_(plan_.from, next, second);
      for (std::size_t p = 0; p < z.size(); ++p) {
        z[p] += ds * (slope[p] + second[p]) / 2 + root * noise[p];
      }
    }
    harvest(z);
  });
}

FlowParticles::FlowError FlowParticles::flow_error(
    int steps, const std::function<double(double, double)>& below) {
  const Times up = log_times(plan_.from, plan_.to, steps), down{up.rbegin(), up.rend()};
  const ReverseMotion half{.drift = 0.5, .noise = 0};
  BlockSums sums{static_cast<int>(few / block), 2};
  each_block(few, [&](std::uint64_t first, std::vector<double>& z) {
    const auto start = z;
    const auto here = sums.of(static_cast<int>(first / block));
    particles_.carry(z, first, up, 1, half, ReverseScheme::heun);
    for (std::size_t p = 0; p < z.size(); ++p) {
      here[0] += std::pow(below(plan_.to, z[p]) - below(plan_.from, start[p]), 2);
    }
    particles_.carry(z, first, down, 1, half, ReverseScheme::heun);
    for (std::size_t p = 0; p < z.size(); ++p) here[1] += std::pow(z[p] - start[p], 2);
  });
  const auto total = sums.total(comm_);
  return {std::sqrt(total[0] / few), std::sqrt(total[1] / few)};
}

}  // namespace feller
