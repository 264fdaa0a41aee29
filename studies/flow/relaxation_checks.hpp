#pragma once

/// What theory says of a relaxation by implicit steps, as checks on what was seen.
///
/// A step (I - tau A)^-1 is a contraction in L1 and, in detailed balance, in the norm of
/// chi-square. So the residuals r_n that were measured bound the solver's error rigorously, sum
/// |r_n|; and with N cells and a solver that stops at |r|_2 <= tol |b|_2,  |r|_1 <= sqrt(N) tol
/// |b|_1.

#include <optional>
#include <string>

#include "io/check.hpp"
#include "studies/flow/evolution.hpp"

namespace feller {

class RelaxationChecks {
 public:
  /// `strictly_positive`: the state starts positive everywhere and must stay so.
  RelaxationChecks(const Evolution& evolution, const Schedule& schedule, double tolerance,
                   std::string channel, bool strictly_positive);

  /// Mass, stationarity of the steady state if there is one, residuals of the solver; and
  /// positivity and monotone relative entropy where the propagator guarantees them for its step.
  Checks always() const;

  /// What was seen of positivity and entropy where nothing is guaranteed, in words.
  std::optional<std::string> left_out() const;

  /// Distance to the steady state at the end against the decay that the spectral gap guarantees.
  /// Nothing where that distance is infinite at the start. Collective; throws SolverError.
  std::optional<Check> decay() const;

 private:
  std::optional<Check> mass() const;
  Check positivity() const;
  Check monotonicity() const;
  Check stationarity() const;
  Check residuals() const;
  bool guaranteed() const;
  bool relaxes() const;
  bool has_entropy() const;
  double stiffness() const;
  std::string named(const std::string& name) const;

  const Evolution& evolution_;
  const Schedule& schedule_;
  double tolerance_;
  std::string channel_;
  bool strictly_positive_;
};

}  // namespace feller
