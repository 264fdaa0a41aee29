#pragma once

/// What V16 says of learned denoisers, with their controls, once the numbers are
/// there.

#include "io/check.hpp"
#include "studies/score/denoiser_ladders.hpp"

namespace feller {

/// Where LSQR stops, |A^T r| / (|A|_F |r|); it carries norms along, which drift.
inline constexpr double orthogonality_bound = 1e-11;

Checks level_checks(const std::vector<LevelFit>& fits);
Checks feature_checks(const DenoiserPlan& plan, const std::vector<FeatureRung>& rungs);
/// None where too few samples leave nothing to judge.
Checks sample_checks(const std::vector<SampleRung>& rungs);

/// Features of a population at one t.
struct ConditionRow {
  double t = 0, scaled = 0, raw = 0, bound = 0, sampled = 0;
};
/// From the variance of the population on.
Checks condition_checks(const std::vector<ConditionRow>& rows, double variance);

/// A linear denoiser for a normal population with the same mean and variance. Collective.
Check normal_check(const Mixture& population, const DenoiserPlan& plan, MPI_Comm comm);
/// A score learned from -eps/sqrt(t) is that of the learned denoiser, if z is among the features.
/// Collective.
Check score_matching_check(const Mixture& population, const DenoiserPlan& plan, MPI_Comm comm);
/// Fisher divergence of the learned score, and (13) read for one y. Collective.
Checks reading_checks(const LearnedDenoiser& learned, const LevelFit& fit,
                      const Mixture& population, const DenoiserPlan& plan, MPI_Comm comm);

}  // namespace feller
