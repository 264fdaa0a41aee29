#pragma once

/// Non-linear osmosis: each step is linear and implicit, its diffusivity taken from the state
/// before it.
///
///     (I - tau A(u_n)) u_{n+1} = u_n          in time
///     A(u_n) u_{n+1} = 0                      towards a steady state, with the mass of the start
///
/// Mass is kept and positivity holds for every tau, as for the linear equation. Steady states need
/// not be unique where z g(z) decreases (p > 1): then what is reached depends on the start.

#include <cmath>

#include "discretisation/diffusivity.hpp"
#include "studies/options.hpp"
#include "studies/osmosis/osmosis_output.hpp"

namespace feller {

class NonlinearOsmosisRun {
 public:
  /// Refers to its arguments.
  NonlinearOsmosisRun(Experiment& experiment, const OsmosisOutput& output, SolverOptions solver);

  /// Collective, as the next; throws InputError, SolverError, IoError.
  void evolve(const TimeOptions& time) const;
  /// Until |A(u) u|_inf <= 1e-11 max|a_ii| |u|_inf and an iteration changes u by less than 1e-9 of
  /// its largest value, or that many iterations: a check fails then.
  /// For p <= 1 a second start must lead to the same.
  void settle(int most_iterations, bool second_start) const;

 private:
  struct Settled {
    std::vector<Field> state;
    int iterations = 0;
    double residual = HUGE_VAL;
    double change = HUGE_VAL;
    double mass_defect = 0;
    double least = HUGE_VAL;
  };
  /// Records each iteration where there is a record.
  Settled settled_from(std::vector<Field> state, int most_iterations, Recorder* record) const;
  /// The channels' generators at a state.
  std::vector<Generator> lagged_at(const std::vector<Field>& state) const;
  Recorder& open(Table table, const std::vector<std::string>& pictures, bool in_time) const;
  std::vector<double> row(double axis, const std::vector<Field>& state, double residual) const;
  void add_checks(const std::vector<Field>& state, double mass_defect, double least) const;

  Experiment& experiment_;
  const OsmosisOutput& output_;
  SolverOptions solver_;
  const OsmosisProblem& problem_;
  const Diffusivity& diffusivity_;
  std::vector<JumpRates> linear_;
  std::vector<Field> initial_;
};

}  // namespace feller
