#include "studies/flow/composition.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/functionals.hpp"

namespace feller {
namespace {

double pairing(const Field& g, const Field& masses) {
  double product = 0;
  check(VecDot(g.vector(), masses.vector(), &product));
  return product;
}

}  // namespace

Composition::Composition(const TwoParameterFamily& family, const Field& g,
                         const std::vector<int>& splits)
    : family_{family},
      steps_{family.schedule().steps},
      kept_{splits},
      forward_{family.masses()},
      backward_{g} {
  const auto& outputs = family.schedule().outputs;
  kept_.insert(kept_.end(), outputs.begin(), outputs.end());
  kept_.insert(kept_.end(), {0, steps_});
  std::ranges::sort(kept_);
  const auto repeated = std::ranges::unique(kept_);
  kept_.erase(repeated.begin(), repeated.end());
  forward_.states = family.run(Direction::forward, forward_.start, kept_, error_);
  backward_.states = family.run(Direction::backward, backward_.start, kept_, error_);
  const double size = std::max(largest(g), -least(g)) * total(family.masses());
  const double whole = pairing(g, result(Direction::forward));
  for (const int k : splits) {
    for (Side* side : {&forward_, &backward_}) {
      const auto direction = side == &forward_ ? Direction::forward : Direction::backward;
      side->defects.push_back(
          distance(direction, second_run(direction, k), result(direction), side->start));
    }
    const double cut = pairing(state(Direction::backward, k), state(Direction::forward, k));
    pairings_.push_back(std::abs(cut - whole) / size);
  }
}

const Field& Composition::state(Direction direction, int k) const {
  const auto found = std::ranges::find(kept_, k) - kept_.begin();
  return direction_of(direction).states.at(static_cast<std::size_t>(found));
}

Field Composition::second_run(Direction direction, int k) const {
  const bool backward = direction == Direction::backward;
  return family_.piece(direction, state(direction, k), backward ? 0 : k, backward ? k : steps_);
}

double Composition::without_a_step(Direction direction, int k) const {
  const bool backward = direction == Direction::backward;
  const Field shorter =
      family_.piece(direction, state(direction, k), backward ? 1 : k, backward ? k : steps_ - 1);
  return distance(direction, shorter, result(direction), start(direction));
}

double Composition::with_the_wrong_time(int k) const {
  const Field wrong =
      family_.piece(Direction::forward, state(Direction::forward, k), 0, steps_ - k);
  return distance(Direction::forward, wrong, result(Direction::forward), forward_.start);
}

double Composition::in_two_leaps(Direction direction, int k) const {
  const bool backward = direction == Direction::backward;
  Field state = family_.leap(direction, start(direction), backward ? steps_ - k : k);
  state = family_.leap(direction, std::move(state), backward ? k : steps_ - k);
  return distance(direction, state, result(direction), start(direction));
}

double Composition::in_halves(Direction direction, int k, int parts) const {
  const bool backward = direction == Direction::backward;
  const Field whole = family_.finer_piece(direction, start(direction), 0, steps_, parts);
  Field halves = family_.finer_piece(direction, start(direction), backward ? k : 0,
                                     backward ? steps_ : k, 2 * parts);
  halves = family_.finer_piece(direction, std::move(halves), backward ? 0 : k,
                               backward ? k : steps_, 2 * parts);
  return distance(direction, whole, halves, start(direction));
}

}  // namespace feller
