#include "studies/score/exploding.hpp"

#include <cmath>

namespace feller {

bool is_exploding(const Process& process) {
  for (int a = 0; a < process.dimension(); ++a) {
    for (const Point& x : {Point{1, 1, 1}, Point{2, 2, 2}}) {
      if (process.drift(a, x) != 0) return false;
      for (int b = 0; b < process.dimension(); ++b) {
        if (process.diffusion(a, b, x) != (a == b ? 0.5 : 0)) return false;
      }
    }
  }
  return true;
}

const Process& exploding_process(const Experiment& experiment) {
  const Process* process = experiment.problem().process();
  if (process == nullptr || process->dimension() != 1 || !is_exploding(*process)) {
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
