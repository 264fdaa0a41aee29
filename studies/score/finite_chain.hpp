#pragma once

/// A Markov chain y -> z_1 -> ... -> z_N on a few symbols, read backward (McAllester, (2) to (5)):
///
///     -ln p(y) = KL(p(z_N|y) | p(z_N)) + sum_{i=2}^N E_{z_i|y} KL(p(z_{i-1}|z_i,y) |
///     p(z_{i-1}|z_i))
///                - E_{z_1|y} ln p(y|z_1)                                                  (4)
///     H(y) <= E_y KL(p(z_N|y) | g(z_N)) + sum E_{y,z_i} KL(p(z_{i-1}|z_i,y) | g(z_{i-1}|z_i))
///             - E_{y,z_1} ln g(y|z_1)                                                     (5)
///
/// for any generator g, with the gap KL(p(y,z_1..z_N) | g(y,z_1..z_N)), here by a sum over all
/// paths. With N = 1 these are (2) and (3). All sums are exact.

#include <cstdint>
#include <vector>

namespace feller {

/// Row i: the law of what follows (or came before) symbol i.
using Transitions = std::vector<std::vector<double>>;

struct BackwardGenerator {
  std::vector<double> last;           ///< g(z_N)
  std::vector<Transitions> backward;  ///< [i][z_{i+2}][z_{i+1}], i = 0..N-2
  Transitions out;                    ///< [z_1][y]
};

class FiniteChain {
 public:
  /// All probabilities at random, the same on every rank.
  FiniteChain(int symbols, int steps, std::uint64_t seed, std::uint32_t number);

  int symbols() const { return static_cast<int>(population_.size()); }
  double surprise(int y) const;  ///< -ln p(y)
  double entropy() const;        ///< H(y)
  /// The chain's own laws, read backward.
  BackwardGenerator exact() const;
  /// Others at random.
  BackwardGenerator other(std::uint64_t seed, std::uint32_t number) const;

  /// The right side of (4) for y with a generator in place of the chain's own laws; (5) is its
  /// mean.
  double bound(const BackwardGenerator& g, int y) const;
  double bound(const BackwardGenerator& g) const;
  /// The same with the last term as printed in (5): -ln g(y|z_1), without expectation.
  double bound_as_printed(const BackwardGenerator& g, int y, int z) const;
  /// KL of the laws of all paths.
  double path_divergence(const BackwardGenerator& g) const;

 private:
  /// All of (4) but its last term.
  double divergences(const BackwardGenerator& g, int y) const;
  /// p(z_i|y), i = 1..N, from i = 0 on.
  std::vector<std::vector<double>> forward(std::size_t y) const;
  std::size_t steps() const { return steps_.size(); }
  std::size_t size() const { return population_.size(); }

  std::vector<double> population_;
  std::vector<Transitions> steps_;  ///< the first from y to z_1
};

}  // namespace feller
