#pragma once

/// One channel of a linear model of osmosis on its way to its steady state, and what is checked of
/// it (studies/osmosis/osmosis_steady.hpp).

#include <optional>

#include "problems/problem.hpp"
#include "solvers/kept_mass.hpp"
#include "solvers/steady_state.hpp"
#include "studies/experiment.hpp"

namespace feller {

class SteadyChannel {
 public:
  /// Collective.
  SteadyChannel(const Problem& problem, int channel);
  SteadyChannel(const SteadyChannel&) = delete;

  const Regions& regions() const { return kept_.regions(); }
  const std::vector<SteadySolve>& history() const { return found_->history; }
  const Field& result() const { return closed_ ? closed_->density : found_->state.density; }
  std::string how() const { return found_->state.how; }

  /// Collective, as all below; throws SolverError.
  void solve(const SolverOptions& options);

  void add_checks(Experiment& experiment) const;

  void add_uniqueness(Experiment& experiment, const SolverOptions& options) const;

  void add_control(Experiment& experiment, SolverOptions options) const;

 private:
  std::string named(const std::string& check) const;
  double distance(const Field& other) const;

  std::string name_;
  Field initial_;
  Generator generator_;
  KeptMass kept_;
  std::optional<NullVector> found_;
  std::optional<SteadyState> closed_;
};

}  // namespace feller
