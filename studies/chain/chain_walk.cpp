#include "studies/chain/chain_walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "solvers/functionals.hpp"
#include "studies/program/progress.hpp"

namespace feller {

void require_every_step(const Parameters& parameters, const DensityChain& chain) {
  for (int i = 1; i <= chain.schedule().steps(); ++i) {
    const double log_survival = chain.schedule().log_survival(i - 1, i);
    if (ChainKernel::resolves(chain.grid(), log_survival)) continue;
    throw parameters.blame(
        "grid.cells",
        fmt::format("the noise of step {} has the standard deviation {:.3g}, less than {} cells: "
                    "take more",
                    i, std::sqrt(-std::expm1(log_survival)), ChainKernel::narrowest));
  }
}

ChainWalk walk_both(const DensityChain& chain, const std::vector<int>& steps, const Field& initial,
                    const Field& terminal) {
  ChainWalk walk{.steps = steps};
  const int m = walk.last();
  Progress progress{2 * m, initial.grid().comm()};
  const auto show = [&](int done, const std::string& words) {
    if (progress.due(done)) progress.show(done, words);
  };
  const auto kept = [&](int i) { return std::ranges::binary_search(steps, i); };
  Field p{initial}, g{terminal};
  for (int i = 0; i <= m; ++i) {
    if (i > 0) p = chain.jump(p, i - 1, i);
    if (kept(i)) walk.forward.push_back(p);
    show(i, fmt::format("forward, step {}", i));
  }
  for (int i = m; i >= 0; --i) {
    if (i < m) g = chain.jump_back(g, i, i + 1);
    if (kept(i)) walk.backward.push_back(g);
    if (i < m) show(2 * m - i, fmt::format("backward, step {}", i));
  }
  std::ranges::reverse(walk.backward);
  return walk;
}

double distance_from_normal(const Field& p) {
  return l1_distance(
      p, transformed(log_standard_normal(p.grid()), [](double value) { return std::exp(value); }));
}

double composition_error(const Grid& grid, double log_survival_1, double log_survival_2) {
  const double noise_1 = -std::expm1(log_survival_1), noise_2 = -std::expm1(log_survival_2);
  const double both = -std::expm1(log_survival_1 + log_survival_2);
  if (noise_1 == 0 || noise_2 == 0) return 0;
  double sum = 0;
  for (const auto& axis : grid.axes()) {
    const double h = axis.width(0);
    const double variance = noise_1 * noise_2 / both * (1 + h * h / 12);
    sum += 4 * std::exp(-2 * std::numbers::pi * std::numbers::pi * variance / (h * h));
  }
  return sum;
}

double walking_error(const DensityChain& chain, int last) {
  double sum = 0;
  for (int i = 1; i < last; ++i) {
    sum += composition_error(chain.grid(), chain.schedule().log_survival(i),
                             chain.schedule().log_survival(i, i + 1));
  }
  return sum;
}

}  // namespace feller
