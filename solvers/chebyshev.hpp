#pragma once

/// The exponential of a reversible generator by Chebyshev polynomials on its spectrum [-rho, 0]:
///
///     e^(tau A) = sum over k of c_k T_k(I + 2 A / rho),
///     c_k = (2 - [k = 0]) e^(-s) I_k(s),   s = tau rho / 2,
///
/// I_k the modified Bessel functions. rho, at most 2 max|A_KK|, comes from Gershgorin's
/// theorem (Generator::spectral_bound). The c_k are scaled to sum 1, so that T_k(1) = 1 keeps mass
/// and steady state. About 8 sqrt(s) products where s is large: far fewer than uniformization's,
/// but values are positive only to round-off relative to the largest.
///
/// The sum may end earlier, at a truncation eps > 0. As |T_k| <= 1 on the spectrum, what is left
/// out and the scaling change m by at most eps |m| in the norm (sum m^2 / pi)^1/2, pi of sum 1, in
/// which A is symmetric and which is at least |m|_1. About sqrt(2 s ln(1/eps)) products.
/// Reference: Tal-Ezer & Kosloff 1984; Druskin & Knizhnerman 1989.

#include "discretisation/jump_matrix.hpp"
#include "solvers/propagator.hpp"

namespace feller {

/// c_0, c_1, ... as above, scaled to sum 1. Those at the end are left out that are below 1e-17 or
/// whose sum is at most half of the truncation.
std::vector<double> chebyshev_coefficients(double s, double truncation = 0);

class Chebyshev : public Propagator {
 public:
  /// Throws MethodError without detailed balance and for more than 1e7 products in all. Collective.
  Chebyshev(const Generator& generator, double tau, const SolverOptions& options);

  SolveReport advance(Field& u, int n) override;
  SolveReport advance_backward(Field& g, int n) override;
  double step() const override { return tau_; }
  double stiffness() const override { return tau_ * generator_.largest_outflow(); }
  bool is_iterative() const override { return true; }
  int order() const override { return exact; }
  double positive_up_to() const override { return 0; }
  double contraction(double low, double high) const override;
  std::string description() const override;

 private:
  SolveReport report() const;
  double relative_size(const Field& m) const;

  const Generator& generator_;
  double tau_;
  double truncation_;
  double total_weight_ = 0;
  double rate_;  ///< rho / 2
  JumpMatrix matrix_;
  Polynomial polynomial_;
};

}  // namespace feller
