#include "studies/chain/halving_chain.hpp"

#include <fmt/format.h>

#include <cmath>

#include "problems/noise_schedule.hpp"
#include "problems/process_problem.hpp"
#include "problems/processes/mixture.hpp"
#include "solvers/chain_kernel.hpp"
#include "solvers/functionals.hpp"
#include "solvers/phi_entropies.hpp"

namespace feller {
namespace {

constexpr int steps = 60;  ///< beyond, nothing changes in double precision
constexpr double variance = 4;

double pentagonal_sum() {
  long double sum = 1;
  for (int k = 1; k < 8; ++k) {
    const long double sign = k % 2 == 0 ? 1 : -1;
    sum += sign * (std::exp2(-k * (3 * k - 1) / 2.0L) + std::exp2(-k * (3 * k + 1) / 2.0L));
  }
  return static_cast<double>(sum);
}

/// KL(N(0, v) | N(0, 1)).
double of_normal(double v) {
  return (v - 1 - std::log(v)) / 2;
}

Checks halving_checks(double survival, double found, double tolerance) {
  const double a = pentagonal_sum(), limit = of_normal(1 + (variance - 1) * a);
  return {
      {.name = "halving_survival",
       .claim = fmt::format("beta_i = 2^-i: |a_60 - sum (-1)^k 2^(-k(3k-1)/2)|, a_60 = {:.12f}",
                            survival),
       .measured = std::abs(survival - a),
       .bound = 1e-14,
       .statement = "V8"},
      {.name = "halving_limit",
       .claim = fmt::format("beta_i = 2^-i from N(0, 4): |KL(p_60 | N(0, 1)) - {:.10f}|, {:.10f} "
                            "found; bound 1.5 h^2 I/24",
                            limit, found),
       .measured = std::abs(found - limit),
       .bound = tolerance,
       .statement = "V8"},
      {.name = "control_halving",
       .claim = "convergence where sum beta_i is finite: with beta_i = 2^-i, from N(0, 4), KL(p_60 "
                "| N(0, 1)) must not vanish",
       .measured = found,
       .relation = Relation::greater,
       .bound = 10 * tolerance,
       .is_control = true,
       .statement = "V8",
       .misprint = "Peter 2023, Prop. 4"},
  };
}

}  // namespace

HalvingChain halving_chain() {
  const Grid grid{{Axis{.cells = 640, .lower = -16, .upper = 16}}};
  const double h = grid.axis(0).width(0);
  std::vector<double> betas;
  for (int i = 1; i <= steps; ++i) betas.push_back(std::exp2(-i));
  const NoiseSchedule schedule{betas};
  const Spread spread{0, 0, std::sqrt(variance)};
  const Mixture law{1, {Component{.along = {spread, spread, spread}}}};
  const Field initial = cell_means(law, grid), log_normal = log_standard_normal(grid);
  const auto entropy = phi_entropy("relative_entropy").make(1);

  HalvingChain chain;
  double fisher = 0;
  for (int i = 0; i <= steps; ++i) {
    const double log_survival = schedule.log_survival(i);
    const Field p = i == 0 ? initial : ChainKernel{grid, log_survival}.forward(initial);
    chain.entropies.push_back(divergence(*entropy, p, log_normal));
    chain.exact.push_back(of_normal(1 + (variance - 1) * schedule.survival(i)));
    fisher = relative_fisher_information(p, log_normal);
  }
  chain.checks =
      halving_checks(schedule.survival(steps), chain.entropies.back(), 1.5 * h * h / 24 * fisher);
  return chain;
}

}  // namespace feller
