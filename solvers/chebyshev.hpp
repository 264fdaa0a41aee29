#pragma once

/// The exponential of a reversible generator by Chebyshev polynomials on its spectrum [-rho, 0]:
///
///     e^(tau A) = sum over k of c_k T_k(I + 2 A / rho),
///     c_k = (2 - [k = 0]) e^(-s) I_k(s),   s = tau rho / 2,
///
/// I_k the modified Bessel functions. rho, at most 2 max|A_KK|, comes from Gershgorin's
/// theorem (Generator::spectral_bound). The c_k are scaled to sum 1, so that T_k(1) = 1 keeps mass
/// and steady state. About 8 sqrt(s) products where s is large: far fewer than uniformization's.
///
/// Errors are small in the norm |m| = (sum m^2 / pi)^1/2, pi of sum 1, in which A is symmetric and
/// |T_k| <= 1; it is at least |m|_1. Where mass lies where pi has hardly any, |m| is larger than
/// |m|_1 by orders of magnitude, and rounding alone is: refused from an error of 1e-8 of the mass.
/// Likewise backward, where the error at a point is that of the norm (sum pi g^2)^1/2 over
/// sqrt(pi). Otherwise values are positive to round-off relative to the largest.
///
/// With a truncation eps > 0 the sum ends where what is left out and the scaling change the mass by
/// at most eps |m|_1 a step: after about sqrt(2 s ln(|m| / (eps |m|_1))) products.
/// Reference: Tal-Ezer & Kosloff 1984; Druskin & Knizhnerman 1989.

#include <optional>

#include "discretisation/jump_matrix.hpp"
#include "solvers/propagator.hpp"

namespace feller {

/// c_0, c_1, ... as above, up to those below 1e-17, scaled to sum 1.
std::vector<double> chebyshev_coefficients(double s);

class Chebyshev : public Propagator {
 public:
  /// Throws MethodError without detailed balance and for more than 1e7 products in all. Collective.
  Chebyshev(const Generator& generator, double tau, const SolverOptions& options);

  void start_from(const Field& m) override;
  void start_backward_from(const Field& g) override;
  SolveReport advance(Field& u, int n) override;
  SolveReport advance_backward(Field& g, int n) override;
  double step() const override { return tau_; }
  double stiffness() const override { return tau_ * generator_.largest_outflow(); }
  bool is_iterative() const override { return true; }
  int order() const override { return exact; }
  double truncation() const override { return truncation_; }
  double positive_up_to() const override { return 0; }
  double contraction(double low, double high) const override;
  std::string description() const override;

 private:
  double relative_size(const Field& m) const;
  double backward_size(const Field& g) const;
  double round_off(double size) const;
  std::optional<std::string> objection(double size, const std::string& what) const;
  void shorten(double size);

  const Generator& generator_;
  double tau_;
  double truncation_;
  double rate_;  ///< rho / 2
  double total_weight_;
  double weight_range_;  ///< ln(max pi / min pi)
  Field inverse_roots_;  ///< pi^-1/2
  JumpMatrix matrix_;
  Polynomial polynomial_;
  double shortened_for_ = 0;  ///< the relative size for which the polynomial was truncated
};

}  // namespace feller
