#pragma once

/// What the study osmosis_theorem claims of an osmosis process with guidance v > 0, image f >= 0
/// and steady state w (statement V11), and its controls. Each adds checks to the experiment;
/// collective.

#include "solvers/steady_state.hpp"
#include "studies/experiment.hpp"
#include "studies/osmosis/osmosis_methods.hpp"

namespace feller {

class OsmosisChecks {
 public:
  /// Refers to its arguments, which must outlive it.
  OsmosisChecks(Experiment& experiment, const Generator& generator, const Field& f, const Field& v,
                const SteadyState& w);

  /// Agreement of the methods, mean, positivity, L <= 0 and L rising; `tolerance` of the solvers.
  void add_flow(const OsmosisMethods& methods, double tolerance) const;
  /// dL/dt against its formula, at that time.
  void add_slope(double time) const;
  /// w is stationary, all tends to it, and L to 0; control: w without the factor of the means.
  void add_steady() const;
  /// Control: the guidance less so much that its smallest values are negative.
  void add_signed_control() const;
  /// Explicit Euler at its limit; control: beyond it.
  void add_explicit() const;

 private:
  void add_agreement(const OsmosisMethods& methods) const;
  void add_mean_control(const Field& end) const;
  void add_swapped_control() const;

  Experiment& experiment_;
  const Generator& generator_;
  const Field& f_;
  const Field& v_;
  const SteadyState& w_;
  double mass_;
};

}  // namespace feller
