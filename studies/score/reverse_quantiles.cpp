#include "studies/score/reverse_quantiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/processes/normal.hpp"
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

/// Of a normal population of the same variance, from p_T: the drift doubled makes (a_0/a_T)^(1/2)
/// too small a standard deviation, so that the root mean square of Phi(c G) - Phi(G) comes out.
double doubled_shift(const ReverseLaw& law, const LadderPlan& plan) {
  const double v = law.clusters.variance();
  const double c = std::sqrt((v + plan.times.back()) / (v + plan.times.front()));
  double sum = 0;
  constexpr double spacing = 0.05;
  for (double g = -8; g <= 8; g += spacing) {
    sum += std::pow(normal_tail(c * g) - normal_tail(g), 2) * normal_density(g) * spacing;
  }
  return std::sqrt(sum);
}

void add_control(Judged& judged, const ReverseLaw& law, const LadderPlan& plan, double doubled,
                 double allowed) {
  const double expected = doubled_shift(law, plan);
  if (expected < 15 * allowed) {
    judged.left_out.push_back(
        fmt::format("control_quantiles: left out, about {:.2g} is expected, {:.2g} could be told",
                    expected, 10 * allowed));
    return;
  }
  judged.checks.push_back(
      {.name = "control_quantiles",
       .claim = "drift doubled with no noise: rms of F_t0(z) - F_T(z_T) on the finest grid",
       .measured = doubled,
       .relation = Relation::at_least,
       .bound = 10 * allowed,
       .is_control = true,
       .statement = "V18"});
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

Judged quantile_checks(const ReverseLaw& law, const LadderPlan& plan,
                       const std::vector<double>& errors, const std::vector<double>& doubled) {
  Judged judged;
  const int p = order(plan.scheme);
  const std::size_t n = errors.size();
  const double x = relative_step(law, plan, reverse_motion(0), plan.strides(plan.levels - 2));
  if (x > longest_step) {
    judged.left_out.push_back(fmt::format("quantiles: left out, steps too long (x = {:.2g})", x));
    return judged;
  }
  // An order seen to O(x): the last error is the one before over 2^p, up to a factor 2^x.
  const double allowed = errors[n - 2] / std::pow(2, p - x);
  judged.checks.push_back(
      {.name = "quantiles",
       .claim = fmt::format("lambda = 0 keeps quantiles: |order of rms(F_t0(z) - F_T(z_T)) in the "
                            "time step - {}| on the finest two grids, x = {:.2g}",
                            p, x),
       .measured = std::abs(std::log2(errors[n - 2] / errors[n - 1]) - p),
       .bound = x,
       .statement = "V18"});
  judged.checks.push_back(
      {.name = "quantiles_kept",
       .claim = "rms of F_t0(z) - F_T(z_T) on the finest grid, against what the order makes of the "
                "grid before",
       .measured = errors[n - 1],
       .bound = allowed,
       .statement = "V18"});
  add_control(judged, law, plan, doubled[n - 1], allowed);
  return judged;
}

}  // namespace feller
