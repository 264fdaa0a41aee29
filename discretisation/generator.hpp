#pragma once

/// The generator A of a Markov jump process on cells, as matrix and as matrix-free product.
///
///     forward   dm/dt = A m + s     columns of A sum to -killing: without it mass is conserved
///     backward  -dg/dt = A^T g      rows sum to -killing: without it constants stay
///
/// m is the mass in each cell (on equal cells, up to a factor, the density). Entries: A_LK = forth,
/// A_KL = back, A_KK = -(sum of the rates out of K, and of killing K), each face visited once.
/// Where detailed balance  pi_K forth = pi_L back  holds, the weight pi, a mass a cell, is
/// stationary if nothing is killed; it is known through its logarithm, so that nothing underflows.

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

  /// No mass leaves or enters.
  bool conserves_mass() const { return conserves_mass_; }
  /// s [M/T], and the killing rates [1/T].
  const Field& source() const { return rates_.source(); }
  const Field& killing() const { return rates_.killing(); }
  bool has_source() const { return has_source_; }

  bool reversible() const { return log_weight_.has_value(); }
  /// ln pi, shifted so that its maximum is 0. Only if reversible.
  const Field& log_weight() const { return log_weight_.value(); }
  /// ln(max pi / min pi): whether pi, or its root, can be formed as a number. Collective.
  double log_weight_range() const;

  /// Rate of leaving each cell, -A_KK [1/T], killing included; its maximum bounds the spectrum:
  /// |lambda| <= 2 max.
  const Field& outflow() const { return outflow_; }
  double largest_outflow() const;
  /// Bound of -lambda over the eigenvalues of a reversible generator: the smaller of Gershgorin's
  /// for A, 2 max|A_KK|, and for the symmetrised matrix. Collective.
  double spectral_bound() const;

  /// True if no rate is negative, so that positivity, contraction and entropy decay are theorems.
  bool is_markov() const;

 private:
  void subtract_killed(const Field& u, Field& result) const;

  JumpRates rates_;
  std::optional<Field> log_weight_;
  Field outflow_;
  bool has_source_ = false;
  bool conserves_mass_ = true;
  mutable MatrixHandle forward_;
  mutable MatrixHandle backward_;
};

}  // namespace feller
