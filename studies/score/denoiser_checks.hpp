#pragma once

/// What V16 and V20 say of scores and learned denoisers, with their controls, once the numbers are
/// there.

#include "io/check.hpp"
#include "studies/score/denoiser_ladders.hpp"
#include "studies/score/score_ways.hpp"

namespace feller {

/// Scores in closed form against each other, relative to 1/sqrt(t) + |s|.
inline constexpr double score_bound = 1e-9;
/// Where LSQR stops, |A^T r| / (|A|_F |r|); it carries norms along, which drift.
inline constexpr double orthogonality_bound = 1e-11;

Checks score_checks(const std::vector<double>& times, const std::vector<ScoreWays>& ways,
                    int dimension);
/// Errors at one level on grids with h halved each time.
Check grid_check(const std::vector<double>& levels, const std::vector<std::vector<double>>& errors);

Checks level_checks(const std::vector<LevelFit>& fits);
Checks feature_checks(const DenoiserPlan& plan, const std::vector<FeatureRung>& rungs);
Check sample_check(const std::vector<SampleRung>& rungs);

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
