#pragma once

/// What theory says of a relaxation by implicit steps, as checks on what was seen.
///
/// With N cells and a solver that stops at |r|_2 <= tol |b|_2, a step's error is at most
/// |e|_1 <= |r|_1 <= sqrt(N) tol |b|_1 in mass, since (I - tau A)^-1 is a contraction in L1; and in
/// the norm of the decay |e|_chi <= |r|_chi <= tol |b|_2 sqrt(volume / min w).

#include "io/check.hpp"
#include "studies/evolution.hpp"

namespace feller {

class RelaxationChecks {
 public:
  RelaxationChecks(const Evolution& evolution, const Schedule& schedule, double tolerance,
                   std::string channel, bool is_image);

  /// Mass, positivity, monotone relative entropy, stationarity of the steady state, lost mass.
  Checks always() const;

  /// Whether the spectral gap exists and its factorisation fits.
  bool gap_is_affordable() const;
  /// Distance to the steady state at the end against the decay that the gap guarantees. Collective.
  Check decay() const;

 private:
  Check mass() const;
  Check positivity() const;
  Check monotonicity() const;
  Check stationarity() const;
  Check lost_mass() const;
  bool iterative() const;
  double solver_error() const;      ///< of one step, in L1 relative to the mass
  double solver_chi_error() const;  ///< of one step, as sqrt chi-square
  std::string named(const std::string& name) const;

  const Evolution& evolution_;
  const Schedule& schedule_;
  double tolerance_;
  std::string channel_;
  bool is_image_;
};

}  // namespace feller
