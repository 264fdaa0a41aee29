#pragma once

/// What the study `permutation` claims, and its controls: each of them only where theory says that
/// it must show.
///
/// Osmosis with only the image permuted, by one implicit step y = B u, B = (I - tau A)^-1: from
///
///     (I - tau A) (B T u - T B u) = tau (A T - T A) y
///
/// follows  |B T u - T B u|_1 >= tau |(A T - T A) y|_1 / (1 + 2 tau max|A_KK|).

#include <optional>

#include "io/check.hpp"
#include "solvers/propagator.hpp"
#include "studies/chain/permutation_cases.hpp"

namespace feller {

/// For maps that are no permutations, relative to the largest value.
inline constexpr double permuted_round_off = 1e-13;

/// How far a permutation of an image throws its pixels.
struct Reach {
  double moved = 0;  ///< pixels that are not where they were
  /// Largest |sqrt s_K - sqrt s_L|, L -> K, s the share of beta in the control control_beta. 0: all
  /// pixels stay in their columns, and neither beta nor pairs of neighbours in a row need change.
  double across = 0;
};

/// Collective.
Reach reach_of(const Permutation& permutation);

/// Nothing for a control where sqrt(beta) times the change is not far beyond its bound.
std::optional<Check> permutation_check(const PermutationCase& one, const Reach& reach,
                                       double largest_beta);

/// That T G is white, where T is orthogonal. Collective.
Checks transformed_noise(const Field& noise);

/// Osmosis with only the image permuted. Refers to its arguments.
struct OsmosisControl {
  const Generator& generator;
  Field masses;
  const Permutation& permutation;

  /// By one step; nothing where the difference need not exceed 10 times the tolerance. Collective;
  /// throws SolverError.
  std::optional<Check> operator()(Propagator& propagator, double tolerance) const;
};

}  // namespace feller
