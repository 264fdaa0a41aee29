#pragma once

/// The exponential of any generator by Krylov subspaces, SLEPc's matrix functions:
///
///     e^(tau A) u = |u| V_m e^(tau H_m) e_1 + ...,      A V_m = V_m H_m + ...,
///
/// V_m an orthonormal basis of u, A u, ..., A^(m-1) u, in as many inner steps as a tolerance of
/// 1e-14 takes, whatever that of the linear solvers: the check of another method must not be the
/// less exact of the two. It needs no bound of the spectrum and shares no code with uniformization
/// and Chebyshev. It is slower, and positive only to its tolerance; mass that leaks is restored and
/// reported. References: Hochbruck & Lubich 1997; Sidje 1998 (Expokit).

#include "solvers/propagator.hpp"
#include "solvers/slepc.hpp"

namespace feller {

class MatrixFunction : public Propagator {
 public:
  /// The generator must outlive the propagator. Collective.
  MatrixFunction(const Generator& generator, double tau, const SolverOptions& options);

  SolveReport advance(Field& m, int n) override;
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
  MatrixFunctionHandle exponential_of(Mat matrix) const;
  SolveReport apply(MFN exponential, Field& u);

  const Generator& generator_;
  double tau_;
  double truncation_;
  double tolerance_;  ///< of the Euclidean norm, relative
  Field start_;
  MatrixFunctionHandle forward_;
  MatrixFunctionHandle backward_;
};

}  // namespace feller
