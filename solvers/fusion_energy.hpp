#pragma once

/// The energy of fusion by osmosis, on pixels of unit size:
///
///     E(u, v) = sum over faces   h (u_L / v_L - u_K / v_K)^2 / 2,   h = 2 v_K v_L / (v_K + v_L)
///             + eta sum over cells   H(|grad v|)
///             + mu  sum over cells   (v - g)^2 / 2
///             + gamma sum over cells alpha (u - f)^2 / 2
///
/// h is the weight of the standard discretisation of osmosis: for fixed v the first sum's gradient
/// in u is -A u / v, A its generator. grad v is by forward differences, H(s) = s^2 / (2 delta) up
/// to delta, s - delta / 2 beyond. u and v are positive, offsets included. Reference: Parisotto,
/// Calatroni, Bugeau, Papadakis & Schoenlieb 2020.

#include "discretisation/field.hpp"

namespace feller {

struct FusionWeights {
  double tv = 0.1;        ///< eta
  double huber = 1;       ///< delta [grey level/pixel]
  double guidance = 1;    ///< mu
  double foreground = 1;  ///< gamma
};

class FusionEnergy {
 public:
  /// f, g and alpha must outlive it.
  FusionEnergy(const Field& foreground, const Field& mixture, const Field& alpha,
               const FusionWeights& weights)
      : f_{foreground}, g_{mixture}, alpha_{alpha}, weights_{weights} {}

  /// Collective, as the next.
  double operator()(const Field& u, const Field& v) const;
  Field gradient_in_u(const Field& u, const Field& v) const;
  /// The derivative by the value of v in each cell.
  Field gradient_in_v(const Field& u, const Field& v) const;

 private:
  double huber(double s) const;
  /// Of the terms in single cells.
  double pointwise(const Field& u, const Field& v) const;

  const Field& f_;
  const Field& g_;
  const Field& alpha_;
  FusionWeights weights_;
};

}  // namespace feller
