#pragma once

/// McAllester's (12) and (10) in n dimensions by Monte Carlo, with what V15 says of them:
///
///     I(y; z(t))  = int_t^inf mmse(s)/(2 s^2) ds,        mmse(s) = E|y - E[y|s,z(s)]|^2
///     -ln p(y)    = int_t^inf E|y - E[y|s,z(s)]|^2/(2 s^2) ds + E[-ln p(y|z(t))]
///
/// where the last term is -ln p(y) + E[ln p_t(z) - ln N(z; y, t I)].

#include <string>

#include "io/parameters.hpp"
#include "io/recorder.hpp"
#include "studies/experiment.hpp"
#include "studies/score/decision_threshold.hpp"
#include "studies/score/discrete_law.hpp"
#include "studies/score/noise_strata.hpp"

namespace feller {

/// Levels and draws, as keys of a section.
class StrataOptions {
 public:
  explicit StrataOptions(std::string section) : section_{std::move(section)} {}
  void declare(Parameters& p);
  /// Ascending. Throws InputError.
  std::vector<double> times(const Parameters& parameters) const;
  int samples() const { return samples_; }
  NoiseKey key(std::uint32_t stream) const {
    return {.seed = static_cast<std::uint64_t>(seed_), .stream = stream};
  }

 private:
  std::string section_;
  std::vector<double> times_{0.01, 0.1, 1, 10};
  int samples_ = 4096;
  std::int64_t seed_ = 1;
};

/// (12): the curve of mmse, and information from each level on.
struct SpaceInformation {
  std::vector<NoisePart> parts;
  std::vector<NoiseTotal> totals;  ///< at all levels, the times among them

  const NoiseTotal& at(double t) const;
};

/// Hears which part of something is done.
using Tell = std::function<void(double part)>;

/// How many strata that takes.
std::size_t information_strata(const SpacePopulation& population, const std::vector<double>& times);
/// Collective.
SpaceInformation space_information(SpacePopulation& population, const StrataOptions& options,
                                   const std::vector<double>& times, MPI_Comm comm,
                                   const Tell& tell = {});

/// (10) for one y at one level.
struct SpaceTerm {
  double t = 0;
  double left = 0;                ///< -ln p(y)
  Estimate integral, controlled;  ///< from t on
  Estimate log_ratio;             ///< E[ln p_t(z) - ln N(z; y, t I)]
  double left_bound = 0;          ///< of a discrete law: bound of E[-ln p(y|z(t))]

  double right() const { return integral.value + left + log_ratio.value; }
  double right_error() const { return std::hypot(integral.error, log_ratio.error); }
};

/// One y.
struct GivenValue {
  std::vector<double> y;
  double left = 0;                     ///< -ln p(y)
  std::optional<std::size_t> point{};  ///< of a discrete law: its number
};

/// At each of the times. The stream tells the y apart. Collective.
std::vector<SpaceTerm> space_terms(SpacePopulation& population, const GivenValue& value,
                                   const DiscreteLaw* discrete, const StrataOptions& options,
                                   const std::vector<double>& times, std::uint32_t stream,
                                   MPI_Comm comm, const Tell& tell = {});

/// The tables "mmse", "rate" and "information" of (12).
void add_information_tables(FileLayout& layout, bool discrete);
void record_information(Recorder& recorder, SpacePopulation& population,
                        const SpaceInformation& information, const std::vector<double>& times,
                        const DiscreteLaw* discrete);

/// At the times, against values from elsewhere: the worst of all within what is as improbable as
/// 4 standard errors of one (normal_scores.hpp); and the factor 1/2 dropped, which must not be.
Checks reference_checks(const std::string& name, const std::string& what,
                        const SpaceInformation& information, const std::vector<double>& times,
                        const std::vector<double>& reference);
/// No more than a normal law knows, the tail, and of a discrete law H(P) and the threshold.
Checks limit_checks(SpacePopulation& population, const SpaceInformation& information,
                    const DiscreteLaw* discrete);
/// (10) at all terms, the factor 1/2 dropped, and of a discrete law the integral alone.
Checks term_checks(const std::vector<SpaceTerm>& terms, bool discrete);
/// Adds them, and says so of `equation` where there are too few draws for its control.
void add_with_controls(Experiment& experiment, const Checks& checks, const std::string& equation);

/// Where half of H(P) is left, by interpolation in ln t; and the standard error of ln t*.
std::pair<double, double> half_known(const SpaceInformation& information, double entropy);

}  // namespace feller
