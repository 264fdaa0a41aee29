#include "studies/score/exploding.hpp"

#include <cmath>

namespace feller {

const Process& exploding_process(const Experiment& experiment) {
  const Process* process = experiment.problem().process();
  const Point x{1, 0, 0}, further{2, 0, 0};
  if (process == nullptr || process->dimension() != 1 || process->drift(0, x) != 0 ||
      process->diffusion(0, 0, x) != 0.5 || process->diffusion(0, 0, further) != 0.5) {
    throw experiment.parameters().blame(
        "problem.kind",
        "must be brownian on a line with diffusion_coefficient = 0.5, which is z(t) = y + sqrt(t) "
        "eps");
  }
  return *process;
}

std::optional<double> normal_variance(const Process& process, double t) {
  const auto law = process.law(t);
  const auto fisher = law->fisher_information();
  const double variance = law->moments().covariance[0][0];
  if (!fisher || !(std::abs(*fisher * variance - 1) < 1e-9)) return std::nullopt;
  return variance - t;
}

}  // namespace feller
