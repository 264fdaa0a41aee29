#pragma once

/// The law of a first passage in time, by the backward equation:
///
///     S(t, x) = P_x(T > t) = e^(t A^T) 1,      f(t, x) = e^(t A^T) kappa     density of T
///
/// from which all starts are read off at once. The mean time that is left after the end,
/// e^(t A^T) tau, is carried along.

#include <string>
#include <vector>

#include "solvers/first_passage.hpp"
#include "solvers/propagator.hpp"
#include "studies/flow/passage_setup.hpp"

namespace feller {

class Survival {
 public:
  /// `start` is the initial law, masses. Refers to its arguments. Collective.
  Survival(const KilledProcess& process, Propagator& propagator, const Field& mean_time,
           const QuasiStationary& slowest, const Field& start);

  void advance();

  double time() const { return steps_ * propagator_.step(); }
  /// S, and its values from the initial law.
  const Field& survival() const { return survival_; }
  double survived() const { return pairing(survival_); }
  double exit_density() const { return pairing(density_); }
  const Field& density() const { return density_; }

  /// What theory says of what was seen, as far as the propagator guarantees it. Collective.
  Checks checks() const;
  /// Checks that were left out, in words; empty if none.
  std::string left_out() const;

 private:
  double pairing(const Field& expectation) const;
  bool guaranteed() const;
  bool has_decay() const;
  Check mean_time_check() const;
  Check decay_check() const;
  double decay_bound() const;

  const KilledProcess& process_;
  Propagator& propagator_;
  const QuasiStationary& slowest_;
  const Field& start_;
  Field survival_;
  Field density_;
  Field left_;  ///< mean time that is left
  int steps_ = 0;
  double expected_;      ///< mean time from the initial law
  double at_start_;      ///< S(0) from it
  double integral_ = 0;  ///< of S from it, by trapezoids
  double rise_ = 0;      ///< largest rise of S in a step, anywhere
  double residuals_ = 0;
  double slow_start_;  ///< S from the quasi-stationary state at 0, and when last above 1e-250
  double slow_survival_;
  double slow_time_ = 0;
};

}  // namespace feller
