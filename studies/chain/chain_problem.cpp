#include "studies/chain/chain_problem.hpp"

#include <fmt/format.h>

#include <cmath>

#include "problems/processes/process.hpp"

namespace feller {
namespace {

constexpr double lost = 1e-14;           ///< mass that may lie beyond the box
constexpr std::size_t most_kernels = 4;  ///< they may have cells^2 entries

bool is_chain_process(const Process& process) {
  for (int a = 0; a < process.dimension(); ++a) {
    for (const double x : {-1.0, 2.0}) {
      Point at{};
      at[static_cast<std::size_t>(a)] = x;
      if (process.drift(a, at) != -x || process.diffusion(a, a, at) != 1) return false;
    }
  }
  return process.constant_diffusion() && process.law(1) != nullptr;
}

}  // namespace

void require_chain_process(const Experiment& experiment) {
  const Problem& problem = experiment.problem();
  const Parameters& parameters = experiment.parameters();
  const Process* process = problem.process();
  if (process == nullptr || !is_chain_process(*process)) {
    throw parameters.blame("problem.kind",
                           "needs the process that the chain samples: ornstein_uhlenbeck with "
                           "theta = 1 and diffusion_coefficient = 1");
  }
  const Grid& grid = problem.grid();
  if (!grid.is_uniform()) throw parameters.blame("grid.spacing", "must be uniform for the chain");
  for (const auto& axis : grid.axes()) {
    if (!axis.borders.closed() || axis.is_periodic()) {
      throw parameters.blame("grid.boundary", "must be reflecting for the chain");
    }
  }
  for (const auto& law : {process->law(0), process->stationary()}) {
    const double outside = law->mass_outside(region_of(grid));
    if (outside <= lost) continue;
    throw parameters.blame("grid.upper",
                           fmt::format("the box loses {:.3g} of the mass, of the initial state or "
                                       "of N(0, I), must be at most {:g}",
                                       outside, lost));
  }
}

std::unique_ptr<Law> law_at(const Problem& problem, double log_survival) {
  return problem.process()->law(-log_survival / 2);
}

void DensityChain::require_resolved(const Parameters& parameters,
                                    const std::vector<int>& steps) const {
  for (std::size_t n = 1; n < steps.size(); ++n) {
    const double log_survival = schedule_.log_survival(steps[n - 1], steps[n]);
    if (ChainKernel::resolves(grid(), log_survival)) continue;
    throw parameters.blame(
        "grid.cells",
        fmt::format(
            "the noise between steps {} and {} has the standard deviation {:.3g}, less than "
            "{} cells: take more cells, or chain.outputs further apart",
            steps[n - 1], steps[n], std::sqrt(-std::expm1(log_survival)), ChainKernel::narrowest));
  }
}

const ChainKernel& DensityChain::kernel(double log_survival) const {
  const auto known = kernels_.find(log_survival);
  if (known != kernels_.end()) return known->second;
  if (kernels_.size() >= most_kernels) kernels_.clear();
  return kernels_.emplace(log_survival, ChainKernel{grid(), log_survival}).first->second;
}

Field DensityChain::jump(const Field& density, int first, int last) const {
  if (first == last) return density;
  return kernel(schedule_.log_survival(first, last)).forward(density);
}

Field DensityChain::walk(Field density, int first, int last) const {
  for (int i = first; i < last; ++i) density = jump(density, i, i + 1);
  return density;
}

Field DensityChain::jump_back(const Field& g, int first, int last) const {
  if (first == last) return g;
  return kernel(schedule_.log_survival(first, last)).backward(g);
}

}  // namespace feller
