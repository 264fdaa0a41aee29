#pragma once

/// The generator A of a Markov jump process on cells, as matrix and as matrix-free product.
///
///     forward   dm/dt = A m         columns of A sum to 0: mass is conserved
///     backward  -dg/dt = A^T g      rows sum to 0: constants stay
///
/// Entries: A_LK = forth, A_KL = back, A_KK = -(sum of the rates out of K), each face visited once.
/// Where detailed balance  pi_K forth = pi_L back  holds, the weight pi is stationary, and known
/// through its logarithm, so that nothing underflows.

#include <optional>

#include "discretisation/jump_rates.hpp"

namespace feller {

class Generator {
 public:
  /// `log_weight` = ln pi up to a constant, for rates in detailed balance with it. Collective.
  explicit Generator(JumpRates rates, std::optional<Field> log_weight = std::nullopt);

  const Grid& grid() const { return rates_.grid(); }
  const JumpRates& rates() const { return rates_; }

  /// A, assembled at the first call. Collective.
  Mat forward() const;
  /// A^T, exactly, assembled at the first call. Collective.
  Mat backward() const;

  /// Pi^-1/2 A Pi^1/2, symmetric where detailed balance holds, from the rates alone: its entries
  /// are sqrt(forth back), so that no weight is formed. Collective.
  MatrixHandle symmetrised() const;

  /// A u and A^T g without a matrix. Collective.
  Field apply(const Field& u) const;
  Field apply_backward(const Field& g) const;

  bool reversible() const { return log_weight_.has_value(); }
  /// ln pi, shifted so that its maximum is 0. Only if reversible.
  const Field& log_weight() const { return log_weight_.value(); }
  /// ln(max pi / min pi): whether pi, or its root, can be formed as a number. Collective.
  double log_weight_range() const;

  /// Rate of leaving each cell, -A_KK [1/T]; its maximum bounds the spectrum: |lambda| <= 2 max.
  const Field& outflow() const { return outflow_; }
  double largest_outflow() const;
  /// Bound of -lambda over the eigenvalues of a reversible generator, by Gershgorin's theorem for
  /// the symmetrised matrix: max over K of -A_KK + sum over faces of sqrt(forth back). Collective.
  double spectral_bound() const;

  /// True if no rate is negative, so that positivity, contraction and entropy decay are theorems.
  bool is_markov() const;

 private:
  JumpRates rates_;
  std::optional<Field> log_weight_;
  Field outflow_;
  mutable MatrixHandle forward_;
  mutable MatrixHandle backward_;
};

}  // namespace feller
