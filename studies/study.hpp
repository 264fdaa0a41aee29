#pragma once

/// A kind of study: its parameters, and what it does with a problem.

#include "studies/experiment.hpp"

namespace feller {

class Study {
 public:
  virtual ~Study() = default;
  virtual void declare(Parameters& parameters) = 0;
  /// Collective. Adds checks to the experiment; throws InputError (before the record is opened),
  /// SolverError, IoError.
  virtual void run(Experiment& experiment) const = 0;
};

}  // namespace feller
