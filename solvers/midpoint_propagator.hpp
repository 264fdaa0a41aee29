#pragma once

/// Coefficients that depend on time: step n uses the generator of its middle,
///
///     m_{n+1} = R(tau A(t_n + tau/2)) m_n,      g_n = R(tau A(t_n + tau/2))^T g_{n+1}.
///
/// Of order 2 at most, even for an exact exponential (the Magnus midpoint rule); every step keeps
/// what its method keeps. Backward the same matrices are made again, in reverse order.

#include <algorithm>
#include <functional>
#include <optional>

#include "solvers/propagator.hpp"

namespace feller {

class MidpointPropagator : public Propagator {
 public:
  using GeneratorAt = std::function<Generator(double time)>;

  /// Throws MethodError for a method that is no one-step method. Collective.
  MidpointPropagator(std::string method, GeneratorAt generator_at, double tau,
                     SolverOptions options);

  void start_from(const Field& m) override;
  void start_backward_from(const Field& g) override { propagator_->start_backward_from(g); }
  SolveReport advance(Field& m, int n) override;
  SolveReport advance_backward(Field& g, int n) override;
  double step() const override { return tau_; }
  double stiffness() const override { return stiffness_; }
  std::vector<double*> gathered() override { return {&stiffness_}; }
  bool is_iterative() const override { return current().is_iterative(); }
  int order() const override { return std::min(2, current().order()); }
  double truncation() const override { return current().truncation(); }
  double positive_up_to() const override { return current().positive_up_to(); }
  double contraction(double low, double high) const override {
    return current().contraction(low, high);
  }
  std::string description() const override;

 private:
  const Propagator& current() const { return *propagator_; }
  void prepare(int n);

  std::string method_;
  GeneratorAt generator_at_;
  double tau_;
  SolverOptions options_;
  double stiffness_ = 0;
  int prepared_ = -1;  ///< the step for which the two below are
  std::optional<Generator> generator_;
  std::unique_ptr<Propagator> propagator_;
};

}  // namespace feller
