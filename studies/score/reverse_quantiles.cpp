#include "studies/score/reverse_quantiles.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/block_sums.hpp"

namespace feller {
namespace {

constexpr int blocks = 16;
constexpr std::size_t block = 256;

double below(const Law& law, double x) {
  Region region;
  region.upper[0] = x;
  return law.probability(region);
}

}  // namespace

std::vector<double> quantile_errors(MPI_Comm comm, ReverseParticles& particles,
                                    const Process& process, const LadderPlan& plan,
                                    const ReverseMotion& motion) {
  const double from = plan.times.front(), to = plan.times.back();
  const auto first_law = process.law(from), last_law = process.law(to);
  BlockSums sums{blocks, plan.levels};
  for (int b = rank_of(comm); b < blocks; b += size_of(comm)) {
    const auto first = static_cast<std::uint64_t>(b) * block;
    const auto start = plan.exact_start ? particles.start_exact(from, first, block)
                                        : particles.start_normal(from, first, block);
    for (int l = 0; l < plan.levels; ++l) {
      auto z = start;
      particles.carry(z, first, plan.times, static_cast<std::size_t>(plan.strides(l)), motion,
                      plan.scheme);
      for (std::size_t p = 0; p < block; ++p) {
        const double error = below(*last_law, z[p]) - below(*first_law, start[p]);
        sums.of(b)[static_cast<std::size_t>(l)] += error * error;
      }
    }
  }
  auto errors = sums.total(comm);
  for (double& error : errors) error = std::sqrt(error / (blocks * block));
  return errors;
}

}  // namespace feller
