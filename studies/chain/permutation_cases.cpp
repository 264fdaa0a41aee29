#include "studies/chain/permutation_cases.hpp"

#include "io/check.hpp"

namespace feller {
namespace {

/// Noise as the pixels had it that now are here, by their keys, without asking where they were.
NoiseOf keyed_by_origin(const Permutation& permutation) {
  return [&permutation](const NoiseKey& key, const Field&) {
    const Grid& grid = permutation.target();
    return fill(grid, [&](const Index& k) {
      const PetscInt from = permutation.source(grid.natural(k));
      return standard_normal(key, static_cast<std::uint64_t>(from));
    });
  };
}

Permutation::Source shifted(const Grid& grid, PetscInt right, PetscInt down) {
  const PetscInt width = grid.axis(0).cells, height = grid.axis(1).cells;
  const auto modulo = [](PetscInt a, PetscInt n) { return (a % n + n) % n; };
  return [=](PetscInt k) {
    return modulo(k % width - right, width) + width * modulo(k / width - down, height);
  };
}

/// Clockwise: what was at the left is on top.
Permutation::Source quarter_turn(const Grid& grid) {
  const PetscInt width = grid.axis(0).cells, height = grid.axis(1).cells;
  return [=](PetscInt k) { return k / height + width * (height - 1 - k % height); };
}

}  // namespace

PermutationMaps::PermutationMaps(const Grid& grid, std::uint64_t seed, PetscInt right,
                                 PetscInt down)
    : random{grid, grid, random_permutation(grid.cells(), seed)},
      cyclic{grid, grid, shifted(grid, right, down)},
      turn{grid, Grid{{grid.axis(1), grid.axis(0)}}, quarter_turn(grid)},
      cosine{grid} {}

void PermutationCase::look() {
  now = {};
  for (const auto& tied : channels) {
    const Apart here = tied.apart();
    now = {now.cells + here.cells, std::max(now.largest, here.largest),
           std::max(now.size, here.size)};
  }
  raise(worst.cells, now.cells);
  raise(worst.size, now.size);
  raise(worst.largest, now.largest);
}

std::vector<PermutationCase> permutation_cases(const PermutationMaps& maps,
                                               const std::vector<Field>& start) {
  std::vector<PermutationCase> cases{{"random", "arbitrary permutation"},
                                     {"cyclic", "cyclic shift"},
                                     {"quarter_turn", "quarter turn"},
                                     {"cosine", "orthonormal cosine transform", Tie::round_off},
                                     {"control_beta", "beta halves from left to right", Tie::none},
                                     {"control_noise", "noise that neighbours share", Tie::none}};
  const auto by_transform = [&maps](const NoiseKey&, const Field& white) {
    return maps.cosine(white);
  };
  const auto to = [](const Permutation& permutation) {
    return [&permutation](const Field& u) { return permutation(u); };
  };
  for (const auto& f : start) {
    cases[0].channels.emplace_back(f, to(maps.random), keyed_by_origin(maps.random));
    cases[1].channels.emplace_back(f, to(maps.cyclic), keyed_by_origin(maps.cyclic));
    cases[2].channels.emplace_back(f, to(maps.turn), keyed_by_origin(maps.turn));
    cases[3].channels.emplace_back(
        f, [&maps](const Field& u) { return maps.cosine(u); }, by_transform);
    const auto keyed = keyed_by_origin(maps.random);
    cases[4].channels.emplace_back(f, to(maps.random), keyed, varying_step);
    cases[5].channels.emplace_back(f, to(maps.random), keyed, correlated_step);
  }
  return cases;
}

}  // namespace feller
