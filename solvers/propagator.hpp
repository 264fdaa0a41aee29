#pragma once

/// One step in time: u(t) -> u(t + tau), the generator's semigroup e^(tau A) or an approximation.

#include <string>
#include <vector>

#include "solvers/linear_solver.hpp"

namespace feller {

class Propagator {
 public:
  virtual ~Propagator() = default;

  /// Advances u by one step. Collective; throws SolverError.
  virtual SolveReport advance(Field& u) = 0;
  /// Length of a step [T].
  virtual double step() const = 0;
  /// True if steps are solved to a tolerance, not to round-off.
  virtual bool is_iterative() const = 0;
  /// What it does and with which solver, for the user.
  virtual std::string description() const = 0;
};

/// A propagator by its name: what `time.method` can be.
struct PropagatorEntry {
  std::string_view name;
  std::string_view meaning;
};

std::vector<PropagatorEntry> propagators();

}  // namespace feller
