#include "studies/chain/permutation_checks.hpp"

#include <fmt/format.h>

#include <cmath>

#include "discretisation/generator.hpp"
#include "solvers/functionals.hpp"
#include "studies/chain/normal_scores.hpp"

namespace feller {
namespace {

/// A normal number is that much smaller than its deviation with a probability of 8e-7.
constexpr double unlikely = 1e6;

}  // namespace

Reach reach_of(const Permutation& permutation) {
  const Grid& grid = permutation.target();
  const PetscInt width = grid.axis(0).cells;
  const auto root = [width](PetscInt column) {
    return std::sqrt(share_of_beta(static_cast<double>(column), static_cast<double>(width)));
  };
  long double moved = 0;
  double across = 0;
  for_each(grid.owned(), [&](const Index& k) {
    const PetscInt here = grid.natural(k), from = permutation.source(here);
    moved += from != here ? 1 : 0;
    raise(across, std::abs(root(here % width) - root(from % width)));
  });
  return {static_cast<double>(sum(grid.comm(), moved)), maximum(grid.comm(), across)};
}

std::optional<Check> permutation_check(const PermutationCase& one, const Reach& reach,
                                       double largest_beta) {
  const double relative = one.worst.largest / one.worst.size;
  if (one.tie == Tie::round_off) {
    return Check{.name = one.name,
                 .claim =
                     "orthonormal cosine transform C: max|C U_i - U_i(C f; C G)| / max|C U_i| "
                     "at the worst step",
                 .measured = relative,
                 .bound = permuted_round_off,
                 .statement = "V7"};
  }
  if (one.tie == Tie::bitwise) {
    return Check{.name = one.name,
                 .claim = fmt::format("{}: pixels in which the chain from the permuted photograph, "
                                      "its noise keyed by the pixels' old places, is not bitwise "
                                      "the permuted trajectory",
                                      one.words),
                 .measured = one.worst.cells,
                 .bound = 0,
                 .statement = "V7"};
  }
  constexpr double bound = 10 * permuted_round_off;
  if (!(std::sqrt(largest_beta) * reach.across / one.worst.size > unlikely * bound)) return {};
  return Check{.name = one.name,
               .claim = fmt::format("{}: the chain of the permuted pixels against the permuted "
                                    "trajectory, max|difference| / max|U_i|",
                                    one.words),
               .measured = relative,
               .relation = Relation::at_least,
               .bound = bound,
               .is_control = true,
               .statement = "V7"};
}

Checks transformed_noise(const Field& noise) {
  NormalScores scores;
  scores.take(noise);
  return {{.name = "cosine_noise",
           .claim = fmt::format("C G is white again: of {:.0f} coefficients of one noise those "
                                "beyond 4, {:.1f} to be expected",
                                scores.count, scores.count * beyond_four()),
           .measured = scores.beyond,
           .bound = scores.beyond_bound(),
           .statement = "V7"},
          {.name = "cosine_variance",
           .claim = "sum (C G)^2 against chi-square of n degrees of freedom, as a normal number of "
                    "the same probability",
           .measured = std::abs(scores.chi_square()),
           .bound = worst_of(1),
           .statement = "V7"}};
}

std::optional<Check> OsmosisControl::operator()(Propagator& propagator, double tolerance) const {
  Field image = masses, permuted = permutation(masses);
  propagator.advance(image, 0);
  propagator.advance(permuted, 0);
  const Field moved = permutation(image);
  const Apart found = apart(moved, permuted);
  const double tau = propagator.step();
  const double commutator =
      l1_distance(generator.apply(moved), permutation(generator.apply(image)));
  const double l1 = tau * commutator / (1 + 2 * tau * generator.largest_outflow());
  // A mean is below the largest; and the solver may be off by its tolerance.
  const double expected = l1 / masses.grid().volume() / found.size, bound = 10 * tolerance;
  if (!(expected > 2 * bound)) return {};
  return Check{.name = "control_osmosis",
               .claim = fmt::format("osmosis with only the image permuted against the permuted "
                                    "result, one implicit step of {:g}: max|difference| / max|u|, "
                                    "in theory at least {:.2g}",
                                    tau, expected),
               .measured = found.largest / found.size,
               .relation = Relation::at_least,
               .bound = bound,
               .is_control = true,
               .statement = "V7"};
}

}  // namespace feller
