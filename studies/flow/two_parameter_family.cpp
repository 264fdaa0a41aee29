#include "studies/flow/two_parameter_family.hpp"

#include <algorithm>

#include "studies/flow/evolution.hpp"
#include "studies/flow/propagation.hpp"

namespace feller {
namespace {

/// Steps first..last-1, the last one first if backward; the sum of their residuals.
double walk(Propagator& propagator, Direction direction, Field& state, int first, int last) {
  double residuals = 0;
  for (int i = 0; i < last - first; ++i) {
    residuals += direction == Direction::backward
                     ? propagator.advance_backward(state, last - 1 - i).residual
                     : propagator.advance(state, first + i).residual;
  }
  return residuals;
}

}  // namespace

std::string_view name(Direction direction) {
  return direction == Direction::backward ? "backward" : "forward";
}

double distance(Direction direction, const Field& a, const Field& b, const Field& start) {
  const NormType norm = direction == Direction::backward ? NORM_INFINITY : NORM_1;
  Field difference{a};
  double apart = 0, size = 0;
  check(VecAXPY(difference.vector(), -1, b.vector()));
  check(VecNorm(difference.vector(), norm, &apart));
  check(VecNorm(start.vector(), norm, &size));
  return apart / size;
}

TwoParameterFamily::TwoParameterFamily(const Problem& problem, int channel,
                                       const std::string& method, const SolverOptions& options,
                                       const Schedule& schedule)
    : generator_{problem.generator(channel)},
      make_{[&problem, channel, method, options, this](double step) {
        return propagator_of(problem, channel, generator_, method, step, options);
      }},
      schedule_{schedule},
      masses_{masses_of(problem.initial(channel))},
      propagator_{make_(schedule.step)} {}

Field TwoParameterFamily::piece(Direction direction, Field state, int first, int last,
                                double* error) const {
  const double residuals = walk(*make_(schedule_.step), direction, state, first, last);
  if (error != nullptr) *error += residuals;
  return state;
}

Field TwoParameterFamily::finer_piece(Direction direction, Field state, int first, int last,
                                      int parts) const {
  walk(*make_(schedule_.step / parts), direction, state, parts * first, parts * last);
  return state;
}

Field TwoParameterFamily::leap(Direction direction, Field state, int steps) const {
  walk(*make_(schedule_.time(steps)), direction, state, 0, 1);
  return state;
}

std::vector<Field> TwoParameterFamily::run(Direction direction, const Field& start,
                                           const std::vector<int>& at, double& error) const {
  const bool backward = direction == Direction::backward;
  const auto propagator = make_(schedule_.step);
  std::vector<int> order{at};
  if (backward) std::ranges::reverse(order);
  std::vector<Field> states;
  Field state{start};
  int now = backward ? schedule_.steps : 0;
  for (const int k : order) {
    error += walk(*propagator, direction, state, std::min(now, k), std::max(now, k));
    states.push_back(state);
    now = k;
  }
  if (backward) std::ranges::reverse(states);
  return states;
}

}  // namespace feller
