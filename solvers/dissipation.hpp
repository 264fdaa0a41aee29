#pragma once

/// Where a phi-entropy goes in one step of implicit Euler: an identity, for any rates.
///
/// Let u, w be two solutions, f = |K| u and g = |K| w their masses, x = u/w, and d the Bregman
/// distance of phi. Both take the step  f' = f + tau (A f' + s),  g' = g + tau (A g' + s).  Then
///
///     D(u|w) - D(u'|w') = tau sum over jumps K -> L of  g'_K k_KL d(x'_K | x'_L)      production
///                       + tau sum_K  killing_K g'_K phi(x'_K) + s_K d(1 | x'_K)
///                       + sum_K  g_K d(x_K | x'_K)                                    jump in time
///
/// Every term is >= 0 where no rate is negative, whether the rates balance or not, depend on time
/// or not, and whether w is stationary (g' = g) or not. Killing is a jump to a reservoir that has
/// x = 1, a source one from there. With detailed balance both directions of a face make
/// tau c (x'_L - x'_K) (phi'(x'_L) - phi'(x'_K)),  c = g'_K k_KL.
///
/// Proof: phi(x) = phi(x') + phi'(x') (x - x') + d(x|x') in each cell; then collect, jump by jump,
/// what g - g' and f - f' contribute. A solve that leaves the residuals r_f, r_g adds
/// sum_K phi'(x') r_f + (phi(x') - x' phi'(x')) r_g.  Compare Jüngel 2016, Entropy Methods, ch. 5.

#include "discretisation/generator.hpp"
#include "solvers/phi_entropies.hpp"

namespace feller {

/// A density u beside another, w, by their logarithms, neighbours included. Collective to create.
class Beside {
 public:
  Beside(const Field& u, const Field& log_w);

  const Grid& grid() const { return grid_; }
  double log_u(const Index& cell) const { return log_u_[cell]; }
  double log_w(const Index& cell) const { return log_w_[cell]; }
  double log_ratio(const Index& cell) const { return log_u_[cell] - log_w_[cell]; }

 private:
  Grid grid_;
  Ghosted log_u_;
  Ghosted log_w_;
};

/// Entropy that jumps (and killing and sources) destroy in a unit of time [1/T]: for
/// `relative_entropy` the relative Fisher information int D |grad ln(u/w)|^2 u of the grid.
/// Collective.
double production(const PhiEntropy& entropy, const Generator& generator, const Beside& state);

/// One step of implicit Euler, from (u, w) to (u', w').
class EulerStep {
 public:
  /// `generator` is the step's, with its sources. Refers to it and to `after`. Collective.
  EulerStep(const Generator& generator, double tau, const Field& u, const Field& log_w,
            const Field& new_u, const Field& new_log_w, const Beside& after);

  struct Loss {
    double production = 0;  ///< of the new state [1/T]
    double in_time = 0;     ///< sum of g d(x|x')
    double residual = 0;    ///< how much the residuals of both solves may add, at most
  };
  /// The terms of the identity:  D - D' = tau production + in_time, up to the residual. Collective.
  Loss loss(const PhiEntropy& entropy) const;

 private:
  const Generator& generator_;
  double tau_;
  const Beside& after_;
  Field log_u_, log_w_;  ///< before
  Field residual_u_, residual_w_;
};

}  // namespace feller
