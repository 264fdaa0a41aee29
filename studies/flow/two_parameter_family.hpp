#pragma once

/// A run of one channel cut into pieces: the two-parameter family P_{s,t} of a problem.
///
///     forward    P_{s,t} on masses             steps s/tau, ..., t/tau - 1 in this order
///     backward   P_{s,t}^T on expectations     the same steps in reverse
///
/// Every piece gets a propagator of its own, so that nothing is carried over but the state.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "problems/problem.hpp"
#include "solvers/propagator.hpp"
#include "studies/options.hpp"

namespace feller {

enum class Direction { forward, backward };

std::string_view name(Direction direction);

/// |a - b| in the norm in which a direction contracts, relative to |start|: L1 of masses, maximum
/// of expectations. Collective.
double distance(Direction direction, const Field& a, const Field& b, const Field& start);

class TwoParameterFamily {
 public:
  /// Refers to the problem and the schedule. Collective.
  TwoParameterFamily(const Problem& problem, int channel, const std::string& method,
                     const SolverOptions& options, const Schedule& schedule);
  TwoParameterFamily(const TwoParameterFamily&) = delete;
  TwoParameterFamily& operator=(const TwoParameterFamily&) = delete;

  const Generator& generator() const { return generator_; }
  const Propagator& propagator() const { return *propagator_; }
  /// At the start.
  const Field& masses() const { return masses_; }
  const Schedule& schedule() const { return schedule_; }

  /// Steps first..last-1 of the run. Adds the solver's residuals to `error`, if there is one.
  /// Collective; throws SolverError.
  Field piece(Direction direction, Field state, int first, int last, double* error = nullptr) const;
  /// The same with steps of tau / `parts`; `first` and `last` count the whole ones.
  Field finer_piece(Direction direction, Field state, int first, int last, int parts) const;
  /// As one step of whatever length. Only where coefficients do not depend on time.
  Field leap(Direction direction, Field state, int steps) const;
  /// What a run from `start` is at each of these ascending steps.
  std::vector<Field> run(Direction direction, const Field& start, const std::vector<int>& at,
                         double& error) const;

 private:
  Generator generator_;
  std::function<std::unique_ptr<Propagator>(double step)> make_;
  const Schedule& schedule_;
  Field masses_;
  std::unique_ptr<Propagator> propagator_;
};

}  // namespace feller
