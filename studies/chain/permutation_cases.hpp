#pragma once

/// The maps of the study `permutation`, and the pairs of chains that they tie together.

#include <string>

#include "solvers/cosine_transform.hpp"
#include "studies/chain/permuted_chain.hpp"

namespace feller {

/// All maps of one grid: an arbitrary permutation, a cyclic shift to the right and down, a quarter
/// turn clockwise onto the turned grid, and the cosine transform.
struct PermutationMaps {
  Permutation random, cyclic, turn;
  CosineTransform cosine;

  /// Collective.
  PermutationMaps(const Grid& grid, std::uint64_t seed, PetscInt right, PetscInt down);
};

/// How the second chain follows the mapped first one: to the last bit, to round-off, or, in a
/// control, not at all.
enum class Tie { bitwise, round_off, none };

/// A pair of chains a channel under one name, and the worst that was seen of it.
struct PermutationCase {
  std::string name, words;
  Tie tie = Tie::bitwise;
  std::vector<TiedChains> channels = {};
  Apart now = {}, worst = {};

  /// Collective.
  void look();
  double relative() const { return now.largest / now.size; }
};

/// From the channels of a photograph. Refers to the maps. Collective.
std::vector<PermutationCase> permutation_cases(const PermutationMaps& maps,
                                               const std::vector<Field>& start);

}  // namespace feller
