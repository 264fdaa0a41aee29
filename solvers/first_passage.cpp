#include "solvers/first_passage.hpp"

#include <algorithm>
#include <cmath>

namespace feller {

Field mean_time(KilledSystem& system, const Field& alive) {
  return system.solve_backward(alive);
}

Field standard_deviation(KilledSystem& system, const Field& alive, const Field& mean_time) {
  Field twice{mean_time};
  check(VecPointwiseMult(twice.vector(), mean_time.vector(), alive.vector()));
  check(VecScale(twice.vector(), 2));
  Field deviation = system.solve_backward(twice);
  auto value = deviation.values();
  const auto mean = mean_time.values();
  for (std::size_t i = 0; i < value.size(); ++i) {
    value[i] = std::sqrt(value[i] - mean[i] * mean[i]);
  }
  return deviation;
}

Field exit_probability(KilledSystem& system, const Field& exit_rate) {
  return system.solve_backward(exit_rate);
}

QuasiStationary quasi_stationary(KilledSystem& system, Field start) {
  constexpr double round_off = 1e-15;
  constexpr int most_solves = 500;
  check(VecScale(start.vector(), 1 / total(start)));
  QuasiStationary state{.masses = std::move(start), .change = HUGE_VAL};
  while (state.change > round_off && state.solves < most_solves) {
    Field next = system.solve_forward(state.masses);
    check(VecScale(next.vector(), 1 / total(next)));
    check(VecAXPY(state.masses.vector(), -1, next.vector()));
    double change = 0;
    check(VecNorm(state.masses.vector(), NORM_1, &change));
    state.masses = std::move(next);
    ++state.solves;
    // Round-off ends the decrease a little above its own size.
    const bool stalled = change < 1e-12 && change > state.change / 2;
    state.change = change;
    if (stalled) break;
  }
  check(VecDot(system.generator().killing().vector(), state.masses.vector(), &state.rate));
  return state;
}

}  // namespace feller
