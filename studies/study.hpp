#pragma once

/// A kind of study: its parameters, and what it does with a problem.

#include "studies/experiment.hpp"

namespace feller {

class Study {
 public:
  virtual ~Study() = default;
  virtual void declare(Parameters& parameters) = 0;
  /// Whether it can take a problem that has no generator of its own (Problem::is_linear).
  virtual bool takes_nonlinear() const { return false; }
  /// Collective. Adds checks to the experiment; throws InputError (before the record is opened),
  /// SolverError, IoError.
  virtual void run(Experiment& experiment) const = 0;
};

}  // namespace feller
