#pragma once

/// A linear propagator R of dm/dt = A m, used for  dm/dt = A m + s:
///
///     m_{n+1} = m* + R_n (m_n - m*),      A m* = -s.
///
/// For implicit Euler this is (I - tau A)^-1 (m_n + tau s), and likewise for every one-step method;
/// the steady state m* stays to round-off. It exists wherever mass can leave as well as enter.

#include "solvers/propagator.hpp"
#include "solvers/steady_state.hpp"

namespace feller {

class SourcedPropagator : public Propagator {
 public:
  /// The generator must outlive the propagator. Collective; throws SolverError.
  SourcedPropagator(std::unique_ptr<Propagator> linear, const Generator& generator,
                    const SolverOptions& options);

  void start_from(const Field& m) override;
  void start_backward_from(const Field& g) override { linear_->start_backward_from(g); }
  SolveReport advance(Field& m, int n) override;
  SolveReport advance_backward(Field& g, int n) override { return linear_->advance_backward(g, n); }
  double step() const override { return linear_->step(); }
  double stiffness() const override { return linear_->stiffness(); }
  std::vector<Field*> memory() override { return linear_->memory(); }
  std::vector<double*> gathered() override { return linear_->gathered(); }
  bool is_iterative() const override { return linear_->is_iterative(); }
  int order() const override { return linear_->order(); }
  double truncation() const override { return linear_->truncation(); }
  double positive_up_to() const override { return linear_->positive_up_to(); }
  double contraction(double low, double high) const override {
    return linear_->contraction(low, high);
  }
  std::string description() const override { return linear_->description() + ", with sources"; }

 private:
  std::unique_ptr<Propagator> linear_;
  Field fixed_point_;
};

}  // namespace feller
