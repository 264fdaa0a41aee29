#pragma once

/// The limit dt -> 0 of a scheme on a normal population, by its recursion, without particles: on
/// six grids, each of twice the steps of the one before, extrapolated by the scheme's order p:
///
///     F(0) = F(dt) + (F(dt) - F(2 dt))/(2^p - 1) + O(dt^(p + 1))

#include <array>

#include "studies/score/reverse_law.hpp"

namespace feller {

/// E|z - mu|^2.
double second_about(const NormalState& population, const NormalState& state);

struct FineLadder {
  std::array<NormalState, 6> ends;
  int steps = 0;  ///< of the last

  /// By the levels l - 1 and l.
  NormalState limit(std::size_t l, int order) const;
  /// What rounding does to a value in so many steps, a few times each.
  double round_off(double value) const;
};

/// The grid of these times refined to 16384 steps or more, and five that are coarser.
FineLadder fine_ladder(const NormalState& population, const NormalState& start, const Times& times,
                       const ReverseMotion& motion, ReverseScheme scheme);

/// KL(q|goal) as dt -> 0, of the extrapolated mean and variance, which come with the order of the
/// scheme earlier than their relative entropy does.
struct EntropyLimit {
  double value, remainder;
};
EntropyLimit entropy_limit(const FineLadder& ladder, int order, const NormalState& goal);

}  // namespace feller
