#include "studies/score/chain_likelihood.hpp"

#include <algorithm>
#include <cmath>

#include "studies/score/finite_chain.hpp"
#include "studies/score/normal_chain.hpp"

namespace feller {
namespace {

// Some hundred terms of size 1 are summed.
constexpr double identity_bound = 1e-13;
// Sums over up to symbols^5 paths.
constexpr double path_bound = 1e-12;

}  // namespace

ChainLikelihood::ChainLikelihood(int symbols, int chains, std::uint64_t seed) {
  for (int k = 0; k < chains; ++k) {
    const auto number = static_cast<std::uint32_t>(k);
    const FiniteChain chain{symbols, 1 + k % 4, seed, number};
    const BackwardGenerator own = chain.exact(), other = chain.other(seed, number);
    ChainRow row{.entropy = chain.entropy(),
                 .bound = chain.bound(other),
                 .divergence = chain.path_divergence(other),
                 .least_printed = HUGE_VAL};
    for (int y = 0; y < symbols; ++y) {
      raise(identity_, std::abs(chain.bound(own, y) - chain.surprise(y)));
      for (int z = 0; z < symbols; ++z) {
        row.least_printed = std::min(row.least_printed, chain.bound_as_printed(own, y, z));
      }
    }
    raise(closed_, std::abs(chain.bound(own) - row.entropy) + std::abs(chain.path_divergence(own)));
    rows_.push_back(row);
  }
}

Checks ChainLikelihood::checks() const {
  double gap = 0, apart = HUGE_VAL, below = HUGE_VAL;
  for (const auto& row : rows_) {
    raise(gap, std::abs(row.bound - row.entropy - row.divergence));
    apart = std::min(apart, row.bound - row.entropy);
    below = std::min(below, row.entropy - row.least_printed);
  }
  return {{.name = "finite_chains",
           .claim = "(2), (4): largest |-ln p(y) - right side| over random finite chains of 1 to 4 "
                    "steps and all y, by exact sums",
           .measured = identity_,
           .bound = identity_bound,
           .statement = "V13"},
          {.name = "gap",
           .claim = "(3), (5) with random generators: largest |bound - H(y) - KL(p(path) | "
                    "g(path))|",
           .measured = gap,
           .bound = path_bound,
           .statement = "V13"},
          {.name = "own_generator",
           .claim = "(3), (5) with the chain's own laws: largest |bound - H(y)| + |KL of paths|",
           .measured = closed_,
           .bound = path_bound,
           .statement = "V13"},
          {.name = "control_equality",
           .claim = "random generators, equality in (5) claimed: least bound - H(y)",
           .measured = apart,
           .relation = Relation::greater,
           .bound = 10 * path_bound,
           .is_control = true,
           .statement = "V13"},
          {.name = "control_expectation",
           .claim = "(5) as printed, -ln g(y|z_1) without expectation: how far the smallest over "
                    "y, z_1 falls below H(y), which it should bound, least over the chains",
           .measured = below,
           .relation = Relation::greater,
           .bound = 10 * path_bound,
           .is_control = true,
           .statement = "V13",
           .misprint = "McAllester, (5)"}};
}

Check normal_chain_check() {
  double worst = 0;
  for (const double v : {0.25, 1.0, 4.0}) {
    for (const double y : {0.0, 1.0, -2.5}) {
      for (const int steps : {1, 2, 10, 100}) {
        const double found = normal_chain_likelihood(v, y, 0.1, steps);
        raise(worst, std::abs(found - normal_surprise(v, y)));
      }
    }
  }
  return {.name = "normal_chains",
          .claim =
              "(4) for normal y and z(i dt) in closed form, 1 to 100 steps: largest |-ln p(y) - "
              "right side|",
          .measured = worst,
          .bound = 1e-12,
          .statement = "V13"};
}

}  // namespace feller
