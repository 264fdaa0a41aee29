#include "studies/chain/chain_decay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/marginals.hpp"
#include "solvers/phi_entropies.hpp"
#include "studies/program/progress.hpp"

namespace feller {
namespace {

/// 1/2 {a E|U_0|^2 - n a - n ln(1 - a)}.
double entropy_bound(const Moments& initial, int n, double log_survival) {
  const double a = std::exp(log_survival);
  double square = 0;
  for (std::size_t k = 0; k < static_cast<std::size_t>(n); ++k) {
    square += initial.mean[k] * initial.mean[k] + initial.covariance[k][k];
  }
  return (a * square - n * (a + std::log(-std::expm1(log_survival)))) / 2;
}

}  // namespace

Decay walk_down(const Problem& problem, const DensityChain& chain, const std::vector<int>& outputs,
                Recorder& record) {
  const NoiseSchedule& schedule = chain.schedule();
  const auto entropy = phi_entropy("relative_entropy").make(1);
  const Field log_normal = log_standard_normal(chain.grid());
  const int n = chain.grid().dimension();
  const Moments initial = law_at(problem, 0)->moments();
  Progress progress{schedule.steps(), chain.grid().comm()};
  progress.heading(fmt::format("{:>11}  {:>11}", "a", "KL"));
  Decay decay;
  Field p = problem.initial(0);
  for (int i = 0; i <= schedule.steps(); ++i) {
    if (i > 0) {
      p = chain.jump(p, i - 1, i);
      decay.a.push_back(schedule.survival(i));
      decay.bound.push_back(entropy_bound(initial, n, schedule.log_survival(i)));
      decay.to_normal.push_back(divergence(*entropy, p, log_normal));
      if (n == 1) decay.to_running.push_back(divergence(*entropy, p, log_normal_like(p)));
      if (progress.due(i)) {
        progress.show(i, fmt::format("{:11.4e}  {:11.4e}", decay.a.back(), decay.to_normal.back()));
      }
    }
    if (std::ranges::binary_search(outputs, i)) record.snapshot("density", i, {{p}});
  }
  return decay;
}

}  // namespace feller
