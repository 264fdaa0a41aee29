#pragma once

/// What is observed of a density p_i of the chain in n dimensions, all in nats, beside
/// gamma = N(0, I):
///
///     entropy                  H(U_i) = -int p ln p,     entropy power  N = e^(2H/n) / (2 pi e)
///     conditional entropy      H(U_i|U_0) = n/2 ln(2 pi e (1 - a_i))      (Peter 2023, Prop. 2)
///     mutual information       I(U_0; U_i) = H(U_i) - H(U_i|U_0)
///     Fisher information       J = int |grad ln p|^2 p,   and int |grad ln(p/gamma)|^2 p
///     phi-divergences          D(p_i|gamma)
///
/// On cell means, which are the density of U_i + h V with V uniform on the unit cell, entropies are
/// larger by h^2 J / 24 and KL smaller by h^2 I / 24, up to O(h^4). Sums over the cells miss the
/// moments of a density that jumps by O(h^2), which `sampling` measures.

#include <optional>
#include <vector>

#include "solvers/phi_entropies.hpp"
#include "studies/chain/chain_problem.hpp"

namespace feller {

/// n/2 ln(2 pi e v), the entropy of N(0, v I).
double normal_entropy(int dimension, double variance);
/// e^(2H/n) / (2 pi e).
double entropy_power(double entropy, int dimension);

struct EntropyRow {
  int step = 0;
  double log_survival = 0;
  double entropy = 0;
  double conditional = 0;  ///< -infinity at step 0
  double column =
      0;  ///< entropy of the kernel's column from one cell, which is to be `conditional`
  double fisher = 0;
  double relative_fisher = 0;
  double spread = 0;    ///< trace of the covariance over n
  double sampling = 0;  ///< |E|x|^2 - exact| beyond Sheppard's: of densities with jumps, h^2/6
  std::vector<double> divergences{};         ///< as phi_entropies()
  std::optional<double> exact_entropy{};     ///< of the law, where it is known
  std::optional<double> exact_divergence{};  ///< KL

  double information() const { return entropy - conditional; }
};

class ChainEntropies {
 public:
  /// Refers to the problem.
  explicit ChainEntropies(const Problem& problem);

  /// Collective.
  EntropyRow look(const Field& p, int step, double log_survival) const;
  /// D(p|gamma) of one phi-entropy, KL by default. Collective.
  double divergence(const Field& p, std::size_t which = 0) const;
  const Field& log_gamma() const { return log_gamma_; }
  /// Largest h^2.
  double square_width() const;
  /// Of the noise on cells, N(0, 1 + h^2/12 along each axis).
  double noise_entropy() const;
  /// Entropy of U_i on cells if U_0 lies in the middle cell; NaN where the noise is too narrow.
  /// Collective.
  double column_entropy(double log_survival) const;

 private:
  const Problem& problem_;
  Field log_gamma_;
  std::vector<std::unique_ptr<PhiEntropy>> entropies_;
};

}  // namespace feller
