#include "studies/chain/chain_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/processes/process.hpp"

namespace feller {
namespace {

constexpr double most_entries = 3e7;  ///< of all kernels that are kept: 0.4 GB over all ranks
constexpr double lost = 1e-14;        ///< mass that may lie beyond the box

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
  if (!ChainKernel::fits(grid)) {
    throw parameters.blame("grid.cells",
                           "are too many for the chain's kernels, which have cells "
                           "times cells along an axis: at most 2e9 on a rank");
  }
  for (const auto& axis : grid.axes()) {
    if (!axis.borders.closed() || axis.is_periodic()) {
      throw parameters.blame("grid.boundary", "must be reflecting for the chain");
    }
  }
}

void require_room(const Experiment& experiment, const NoiseSchedule& schedule) {
  const Problem& problem = experiment.problem();
  const Region box = region_of(problem.grid());
  double worst = problem.process()->stationary()->mass_outside(box);
  int at = -1;
  // A step at most 1/500 of all, so that long chains do not take long; laws change slowly.
  const int stride = std::max(1, schedule.steps() / 500);
  for (int i = 0; i <= schedule.steps(); i += i < 500 ? 1 : stride) {
    if (raise(worst, law_at(problem, schedule.log_survival(i))->mass_outside(box))) at = i;
  }
  if (worst <= lost) return;
  throw experiment.parameters().blame(
      "grid.upper",
      fmt::format("the box loses {:.3g} of the mass of {}, must be at most {:g}: take it wider",
                  worst, at < 0 ? "N(0, I)" : fmt::format("U_{}", at), lost));
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
  ChainKernel made{grid(), log_survival};
  entries_ += made.entries();
  if (entries_ > most_entries) {
    kernels_.clear();
    entries_ = made.entries();
  }
  return kernels_.emplace(log_survival, std::move(made)).first->second;
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
