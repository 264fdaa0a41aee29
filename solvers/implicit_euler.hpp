#pragma once

/// Implicit Euler:  u_{n+1} = P u_n,  P = (I - tau A)^-1.
///
/// Order 1 in time. For every tau > 0 and rates >= 0: P is entrywise non-negative, keeps mass and
/// every stationary state, so every convex relative entropy decreases; and in the norm
/// int (u-w)^2/w of a reversible generator  |P u - w| <= |u - w| / (1 + tau gap).
/// Reference: Vogel, Hagenburg, Weickert & Setzer 2013 (osmosis); the discrete Lyapunov theorem.

#include "solvers/propagator.hpp"

namespace feller {

class ImplicitEuler : public Propagator {
 public:
  /// The generator must outlive the propagator. Collective.
  ImplicitEuler(const Generator& generator, double tau, const SolverOptions& options);

  SolveReport advance(Field& u, int n) override;
  SolveReport advance_backward(Field& g, int n) override;
  double step() const override { return tau_; }
  double stiffness() const override { return tau_ * generator_.largest_outflow(); }
  bool is_iterative() const override { return solver_.is_iterative(); }
  int order() const override { return 1; }
  double positive_up_to() const override { return std::numeric_limits<double>::infinity(); }
  double contraction(double low, double) const override { return 1 / (1 + tau_ * low); }
  std::string description() const override;

 private:
  const Generator& generator_;
  double tau_;
  LinearSolver solver_;
  Field before_;
};

}  // namespace feller
