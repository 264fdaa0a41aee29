#include "studies/score/density_particles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "discretisation/restriction.hpp"
#include "solvers/block_sums.hpp"
#include "solvers/marginals.hpp"
#include "solvers/reverse_particles.hpp"
#include "studies/chain/normal_scores.hpp"

namespace feller {
namespace {

/// Fixed, as the noise of a particle depends on it.
constexpr std::int64_t block = 1024;
constexpr int powers = 4;
/// For chi-square to tell the wrong law by 40: it grows with their number.
constexpr int enough_to_tell = 50000;

/// Mean and variance from sums of powers, about 0.
std::pair<Estimate, Estimate> moments_of(std::span<const double> sums, double count) {
  const double m1 = sums[0] / count, m2 = sums[1] / count, m3 = sums[2] / count;
  const double variance = m2 - m1 * m1;
  const double fourth = sums[3] / count - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * m1 * m1 * m1 * m1;
  return {{m1, std::sqrt(variance / count)},
          {variance * count / (count - 1), std::sqrt((fourth - variance * variance) / count)}};
}

/// chi-square of the counts in all cells against these masses, as a normal score. Collective.
double score(const CellCounts& counts, const Field& masses) {
  const Grid& grid = masses.grid();
  std::vector<double> all(static_cast<std::size_t>(grid.cells()));
  for_each(grid.owned(),
           [&](const Index& k) { all[static_cast<std::size_t>(grid.natural(k))] = masses[k]; });
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE,
                          MPI_SUM, grid.comm()));
  return counts.score(
      [&](const Index& k) { return all[static_cast<std::size_t>(grid.natural(k))]; });
}

/// Adds the powers of these numbers, `count` of them along each axis.
void add_powers(std::span<double> sums, const std::vector<double>& z, std::size_t count) {
  for (std::size_t i = 0; i < z.size(); ++i) {
    double power = 1;
    for (std::size_t k = 0; k < powers; ++k) sums[i / count * powers + k] += power *= z[i];
  }
}

/// All blocks of this rank; counts are not gathered yet. Sums: by motion, axis and power.
void carry_blocks(std::vector<ParticleEnd>& ends, BlockSums& sums, const Clusters& clusters,
                  const DensityPlan& plan, const Grid& grid, int blocks,
                  const std::function<void(double)>& tell) {
  const Times times = log_times(plan.from, plan.to, plan.steps << (plan.levels - 1));
  const double scale = 1 / std::sqrt(1 + plan.to);
  const std::size_t width = clusters.dimension * powers;
  ReverseParticles particles{clusters, plan.seed};
  for (int b = rank_of(grid.comm()); b < blocks; b += size_of(grid.comm())) {
    const std::int64_t begin = b * block;
    const auto count = static_cast<std::size_t>(std::min(block, plan.particles - begin));
    const auto first = static_cast<std::uint64_t>(begin);
    const auto start = plan.exact_start ? particles.start_exact(plan.from, first, count)
                                        : particles.start_normal(plan.from, first, count);
    for (std::size_t m = 0; m < ends.size(); ++m) {
      auto z = start;
      particles.carry(z, first, times, 1, plan.motions[m].motion, ReverseScheme::heun);
      for (double& value : z) value *= scale;
      ends[m].counts.take(z, count);
      add_powers(sums.of(b).subspan(m * width, width), z, count);
    }
    tell(static_cast<double>(b + 1) / blocks);
  }
}

/// chi-square of one process against a density on a finer grid.
double score_against(const ParticleEnd& end, const Field& density, const Grid& grid) {
  return score(end.counts, restricted(masses_of(density), grid));
}

/// A printed process against the density of the right one.
Check printed_cells(const DensityPlan& plan, std::size_t m, const ParticleEnd& end,
                    const DensityRung& finest, const Grid& grid) {
  const NamedMotion& one = plan.motions[m];
  const auto right = std::ranges::find_if(plan.motions, [&](const NamedMotion& other) {
    return !other.printed && other.lambda == one.lambda;
  });
  const auto& wanted = finest.ends[static_cast<std::size_t>(right - plan.motions.begin())];
  return {.name = "control_cells_" + one.name,
          .claim = fmt::format("{}: particles in the cells against the density of noise "
                               "sqrt(lambda)",
                               one.words),
          .measured = score_against(end, wanted.density, grid),
          .relation = Relation::at_least,
          .bound = 40,
          .is_control = true,
          .statement = "V19",
          .misprint = "McAllester, (23)"};
}

Checks moment_checks(const std::vector<ParticleEnd>& particles, const DensityRung& finest,
                     const Grid& grid) {
  double mean = 0, variance = 0;
  for (std::size_t m = 0; m < particles.size(); ++m) {
    for (int a = 0; a < grid.dimension(); ++a) {
      const auto axis = static_cast<std::size_t>(a);
      const Cumulants found = cumulants(finest.ends[m].density, a);
      const Estimate first = particles[m].mean[axis], second = particles[m].variance[axis];
      raise(mean, std::abs(first.value - found.mean) / first.error);
      raise(variance, std::abs(second.value - found.variance) / second.error);
    }
  }
  // Of several at once, the worst is allowed what is as improbable as 4 for one.
  const double looks = static_cast<double>(particles.size()) * grid.dimension();
  return {{.name = "particles_mean",
           .claim = "mean of the particles against that of the density, the worst of all processes "
                    "and axes, in standard errors",
           .measured = mean,
           .bound = worst_of(looks),
           .statement = "V19"},
          {.name = "particles_variance",
           .claim = "the same for their variances",
           .measured = variance,
           .bound = worst_of(looks),
           .statement = "V19"}};
}

}  // namespace

std::vector<ParticleEnd> run_particles(const Grid& grid, const Clusters& clusters,
                                       const DensityPlan& plan,
                                       const std::function<void(double)>& tell) {
  const auto motions = static_cast<std::size_t>(
      std::ranges::count_if(plan.motions, [](const auto& one) { return !is_doubled(one); }));
  const std::size_t axes = clusters.dimension, width = axes * powers;
  const auto blocks = static_cast<int>((plan.particles + block - 1) / block);
  BlockSums sums{blocks, static_cast<int>(motions * width)};
  std::vector<ParticleEnd> ends(motions, {CellCounts{grid}, {}, {}});
  carry_blocks(ends, sums, clusters, plan, grid, blocks, tell);
  const auto totals = sums.total(grid.comm());
  for (std::size_t m = 0; m < motions; ++m) {
    ends[m].counts.gather();
    for (std::size_t a = 0; a < axes; ++a) {
      const auto part = std::span{totals}.subspan(m * width + a * powers, powers);
      const auto [mean, variance] = moments_of(part, plan.particles);
      ends[m].mean.push_back(mean);
      ends[m].variance.push_back(variance);
    }
  }
  return ends;
}

Checks particle_checks(const DensityPlan& plan, const std::vector<ParticleEnd>& particles,
                       const DensityRung& finest, const Grid& grid) {
  Checks checks;
  for (std::size_t m = 0; m < particles.size(); ++m) {
    const NamedMotion& one = plan.motions[m];
    if (one.printed && plan.particles >= enough_to_tell) {
      checks.push_back(printed_cells(plan, m, particles[m], finest, grid));
    }
    checks.push_back({.name = "cells_" + one.name,
                      .claim = fmt::format("{}: particles in the cells against the density, "
                                           "chi-square as a normal score",
                                           one.words),
                      .measured = score_against(particles[m], finest.ends[m].density, grid),
                      .bound = 4,
                      .statement = "V19"});
  }
  for (const auto& check : moment_checks(particles, finest, grid)) checks.push_back(check);
  return checks;
}

}  // namespace feller
