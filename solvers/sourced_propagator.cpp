#include "solvers/sourced_propagator.hpp"

namespace feller {

SourcedPropagator::SourcedPropagator(std::unique_ptr<Propagator> linear, const Generator& generator,
                                     const SolverOptions& options)
    : linear_{std::move(linear)}, fixed_point_{supplied_masses(generator, options)} {}

void SourcedPropagator::start_from(const Field& m) {
  Field distance{m};
  check(VecAXPY(distance.vector(), -1, fixed_point_.vector()));
  linear_->start_from(distance);
}

SolveReport SourcedPropagator::advance(Field& m, int n) {
  check(VecAXPY(m.vector(), -1, fixed_point_.vector()));
  const SolveReport report = linear_->advance(m, n);
  check(VecAXPY(m.vector(), 1, fixed_point_.vector()));
  return report;
}

}  // namespace feller
