#pragma once

/// Property 3 as it holds, in place of Peter 2023, Prop. 1, with deficits and rates:
///
///     A   N(U_{i+1}) >= (1 - b) N(U_i) + b,   H(U_{i+1}) >= (1 - b) H(U_i) + b H(G)
///     B   H never decreases, for any schedule, iff tr Cov(U_0) <= n
///     C   H' = J - n, and H turns at most once, from rising to falling
///     D   D(p_{i+1}|gamma) <= D(p_i|gamma) for every phi-divergence,
///         KL(p_{i+1}|gamma) <= (1 - b) KL(p_i|gamma)
///
/// b = 1 - a_{i+1}/a_i of steps and of jumps. (A: entropy power inequality; B: Gaussian maximum and
/// low-noise expansion; C: de Bruijn, Blachman-Stam; D: data processing, logarithmic Sobolev.) Cell
/// means are the density of U + h V, scaled an instance of the same chain, so that all of this
/// holds for them with N(0, 1 + h^2/12) in the place of G and gamma.

#include <span>

#include "io/check.hpp"
#include "studies/chain/chain_entropies.hpp"

namespace feller {

class EntropyTheorems {
 public:
  /// Refers to the rows, one an output, ascending.
  EntropyTheorems(std::span<const EntropyRow> rows, const ChainEntropies& entropies, int dimension);

  Checks all() const;
  /// What could not be checked, and why.
  std::vector<std::string> left_out() const;

 private:
  void against_law(Checks& checks) const;
  void theorem_a(Checks& checks) const;
  void theorems_b_and_c(Checks& checks) const;
  void theorem_d(Checks& checks) const;
  void conditional(Checks& checks) const;
  std::size_t first_falling() const;
  double survival(std::size_t row) const;  ///< a_row / a_{row-1}

  std::span<const EntropyRow> rows_;
  int n_;
  double h2_;
  double noise_;  ///< entropy of the noise on cells
};

}  // namespace feller
