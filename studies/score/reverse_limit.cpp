#include "studies/score/reverse_limit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace feller {
namespace {

constexpr int fine_steps = 16384;

}  // namespace

double second_about(const NormalState& population, const NormalState& state) {
  return state.variance + std::pow(state.mean - population.mean, 2);
}

NormalState FineLadder::limit(std::size_t l, int order) const {
  const double over = std::pow(2, order) - 1;
  const NormalState &fine = ends[l], &coarse = ends[l - 1];
  return {fine.mean + (fine.mean - coarse.mean) / over,
          fine.variance + (fine.variance - coarse.variance) / over};
}

double FineLadder::round_off(double value) const {
  return 4 * steps * std::numeric_limits<double>::epsilon() * value;
}

FineLadder fine_ladder(const NormalState& population, const NormalState& start, const Times& times,
                       const ReverseMotion& motion, ReverseScheme scheme) {
  int parts = 32;
  while (static_cast<int>(times.size() - 1) * parts < fine_steps) parts *= 2;
  const Times fine = refined_times(times, parts);
  FineLadder ladder;
  ladder.steps = static_cast<int>(fine.size()) - 1;
  for (std::size_t l = 0; l < ladder.ends.size(); ++l) {
    ladder.ends[l] = stepped_normal(population, start, fine, std::size_t{32} >> l, motion, scheme);
  }
  return ladder;
}

EntropyLimit entropy_limit(const FineLadder& ladder, int order, const NormalState& goal) {
  const double last = relative_entropy(ladder.limit(5, order), goal);
  const double before = relative_entropy(ladder.limit(4, order), goal);
  // Grids this fine leave less than 1e-4; anything else is no limit.
  return {last, std::min(std::abs(last - before), 1e-4) + ladder.round_off(1)};
}

}  // namespace feller
