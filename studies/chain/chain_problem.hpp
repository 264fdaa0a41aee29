#pragma once

/// Densities under the Markov chain of probabilistic diffusion: what its studies ask of a problem,
/// and how they walk.
///
/// The chain samples dX = -X dt + sqrt(2) dW, so that a problem of that process has the law of
/// every step in closed form.

#include <map>

#include "problems/noise_schedule.hpp"
#include "problems/processes/law.hpp"
#include "solvers/chain_kernel.hpp"
#include "studies/experiment.hpp"

namespace feller {

/// Throws InputError unless the problem is that process, on a box with equal cells and closed
/// borders.
void require_chain_process(const Experiment& experiment);
/// Throws InputError unless the box keeps all but 1e-14 of every U_i, and of N(0, I). A narrow law
/// far out meets the wall on its way, when noise has widened it and it has hardly moved.
void require_room(const Experiment& experiment, const NoiseSchedule& schedule);

/// The law of step i.
std::unique_ptr<Law> law_at(const Problem& problem, double log_survival);

class DensityChain {
 public:
  /// Refers to the problem and the schedule.
  DensityChain(const Problem& problem, const NoiseSchedule& schedule)
      : problem_{problem}, schedule_{schedule} {}

  const Grid& grid() const { return problem_.grid(); }
  const NoiseSchedule& schedule() const { return schedule_; }
  /// Throws InputError, with a word on chain.outputs and grid.cells, where the noise between two of
  /// these ascending steps is narrower than the kernel resolves.
  void require_resolved(const Parameters& parameters, const std::vector<int>& steps) const;

  /// From step `first` to step `last` at once; kernels of equal length are made once. Collective.
  Field jump(const Field& density, int first, int last) const;
  /// All steps first + 1..last, one by one.
  Field walk(Field density, int first, int last) const;
  /// The same for expectations, from `last` back to `first`.
  Field jump_back(const Field& g, int first, int last) const;
  const ChainKernel& kernel(double log_survival) const;

 private:
  const Problem& problem_;
  const NoiseSchedule& schedule_;
  mutable std::map<double, ChainKernel> kernels_;  ///< by ln(a_last / a_first), while there is room
  mutable double entries_ = 0;                     ///< of all of them
};

}  // namespace feller
