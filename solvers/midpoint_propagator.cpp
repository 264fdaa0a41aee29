#include "solvers/midpoint_propagator.hpp"

#include "solvers/choose_propagator.hpp"

namespace feller {

MidpointPropagator::MidpointPropagator(std::string method, GeneratorAt generator_at, double tau,
                                       SolverOptions options)
    : method_{std::move(method)},
      generator_at_{std::move(generator_at)},
      tau_{tau},
      options_{std::move(options)} {
  if (method_ == "bdf2") {
    throw MethodError("time.method",
                      "bdf2 looks back on steps with other coefficients: take sdirk2 or "
                      "crank_nicolson where they depend on t");
  }
  if (method_ == "auto") {
    const Choice choice = choose_propagator(generator_at_(tau / 2), tau, options_, true);
    method_ = choice.method;
    set_reason(choice.reason);
  }
  options_.steps = std::max(options_.steps, options_.solves);
  options_.solves = 1;
  prepare(0);
}

void MidpointPropagator::start_from(const Field& m) {
  prepare(0);
  propagator_->start_from(m);
}

void MidpointPropagator::prepare(int n) {
  if (n == prepared_) return;
  propagator_.reset();
  generator_.emplace(generator_at_((n + 0.5) * tau_));
  propagator_ = make_propagator(method_, *generator_, tau_, options_);
  stiffness_ = std::max(stiffness_, propagator_->stiffness());
  prepared_ = n;
}

SolveReport MidpointPropagator::advance(Field& m, int n) {
  prepare(n);
  return propagator_->advance(m, n);
}

SolveReport MidpointPropagator::advance_backward(Field& g, int n) {
  prepare(n);
  return propagator_->advance_backward(g, n);
}

std::string MidpointPropagator::description() const {
  return current().description() + ", coefficients of the middle of each step";
}

}  // namespace feller
