#pragma once

/// Uniformization: the exact exponential of a generator as a mixture of powers of a stochastic
/// matrix,
///
///     e^(tau A) = sum over k of Poisson(Lambda tau; k) P^k,   P = I + A / Lambda,
///     Lambda >= max |A_KK|.
///
/// Every term is non-negative and keeps the mass, so the sum is positive to the last digit, keeps
/// mass and steady state, and every convex entropy decreases. The sum runs over the weights that
/// matter at double precision, about Lambda tau +- 8 sqrt(Lambda tau) products; they are scaled to
/// sum 1. With a truncation eps > 0 the sum ends earlier, at an error of at most eps |m|_1.
/// References: Jensen 1953; Fox & Glynn 1988.

#include "discretisation/jump_matrix.hpp"
#include "solvers/propagator.hpp"

namespace feller {

/// Poisson(mean; k) for k = first, first + 1, ..., scaled to sum 1; the rest is below 1e-16, or
/// below half of the truncation.
struct PoissonWeights {
  int first = 0;
  std::vector<double> values;
};

PoissonWeights poisson_weights(double mean, double truncation = 0);

class Uniformization : public Propagator {
 public:
  /// Throws MethodError for negative rates and for more than 1e7 products in all. Collective.
  Uniformization(const Generator& generator, double tau, const SolverOptions& options);

  SolveReport advance(Field& u, int n) override;
  SolveReport advance_backward(Field& g, int n) override;
  double step() const override { return tau_; }
  double stiffness() const override { return tau_ * generator_.largest_outflow(); }
  bool is_iterative() const override { return false; }
  int order() const override { return exact; }
  double truncation() const override { return truncation_; }
  double positive_up_to() const override { return std::numeric_limits<double>::infinity(); }
  double contraction(double low, double high) const override;
  std::string description() const override;

 private:
  const Generator& generator_;
  double tau_;
  double truncation_;
  double rate_;  ///< Lambda
  JumpMatrix matrix_;
  Polynomial polynomial_;
};

}  // namespace feller
