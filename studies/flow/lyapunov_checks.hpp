#pragma once

/// What theory says of phi-entropies along a flow, as checks on what was seen.
///
/// Whatever method was asked for, a rise is a violation; the claim says whether the method
/// guarantees that there is none. The bound of a rise is what the residuals of its own step, and
/// roundings, can make.

#include "io/check.hpp"
#include "studies/flow/decay_watch.hpp"
#include "studies/options.hpp"

namespace feller {

class LyapunovChecks {
 public:
  /// Refers to its arguments.
  LyapunovChecks(const EntropyFlow& flow, const DecayWatch& decay, const Schedule& schedule,
                 std::string channel);

  /// Mass and positivity; each entropy's largest rise; the identity of each step, if there is one.
  Checks always() const;

  /// The fitted rate of chi-square against twice the spectral gap of the generator's reversible
  /// half. Nothing where the method or the run allows no such statement, with a word why.
  struct Decay {
    std::optional<Check> check;
    std::string words;
    double gap = 0;  ///< 0: unknown
  };
  /// Only beside a steady state. Collective.
  Decay decay() const;

  /// 2 KL <= I / constant. On a grid the gap may be smaller than the constant, and then
  /// sup 2 KL / I >= 1 / gap is larger than 1 / constant by what discretisation does.
  Check log_sobolev(double constant, double gap) const;

 private:
  Check mass() const;
  Check positivity() const;
  Check decrease(const EntropyTrack& track) const;
  Check identity(const EntropyTrack& track) const;
  std::string guarantee() const;
  std::string where(int step, const Place& place) const;
  std::string named(const std::string& name) const;

  const EntropyFlow& flow_;
  const DecayWatch& decay_;
  const Schedule& schedule_;
  std::string channel_;
};

}  // namespace feller
