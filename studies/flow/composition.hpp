#pragma once

/// One run against two, of one channel, in both directions.
///
///     P_{0,T} = P_{s,T} P_{0,s},   P_{0,T}^T = P_{0,s}^T P_{s,T}^T,
///     <P_{s,T}^T g, P_{0,s} p> = <g, P_{0,T} p>                           (Chapman-Kolmogorov)

#include <vector>

#include "studies/flow/two_parameter_family.hpp"

namespace feller {

class Composition {
 public:
  /// `splits` count steps, ascending. Refers to the family. Collective; throws SolverError.
  Composition(const TwoParameterFamily& family, const Field& g, const std::vector<int>& splits);

  const Field& start(Direction direction) const { return direction_of(direction).start; }
  /// After step k of the run; one of the splits, the outputs, 0 or the end.
  const Field& state(Direction direction, int k) const;
  /// By split: how far two runs are from one.
  const std::vector<double>& defects(Direction direction) const {
    return direction_of(direction).defects;
  }
  const std::vector<double>& pairings() const { return pairings_; }
  double tolerance() const { return family_.propagator().is_iterative() ? 1e-12 + error_ : 1e-12; }

  /// How far from one run two are, relative: with the last step left out; forward, the second with
  /// the coefficients of the first; as one step each; and with steps tau / (2 parts) against one
  /// run with tau / parts. All for a cut after step k, which is one of the splits. Collective.
  double without_a_step(Direction direction, int k) const;
  double with_the_wrong_time(int k) const;
  double in_two_leaps(Direction direction, int k) const;
  double in_halves(Direction direction, int k, int parts) const;

 private:
  struct Side {
    Field start;
    std::vector<Field> states{};
    std::vector<double> defects{};
  };
  const Side& direction_of(Direction direction) const {
    return direction == Direction::backward ? backward_ : forward_;
  }
  const Field& result(Direction direction) const {
    return direction == Direction::backward ? backward_.states.front() : forward_.states.back();
  }
  /// The second of two runs, from what the first has come to.
  Field second_run(Direction direction, int k) const;

  const TwoParameterFamily& family_;
  int steps_;
  std::vector<int> kept_;
  Side forward_, backward_;
  std::vector<double> pairings_;
  double error_ = 0;
};

}  // namespace feller
