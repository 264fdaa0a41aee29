#pragma once

/// What V20 says of the score, with its control, once the numbers are there.

#include "io/check.hpp"
#include "studies/score/score_ways.hpp"

namespace feller {

/// Scores in closed form against each other, relative to 1/sqrt(t) + |s|.
inline constexpr double score_bound = 1e-9;

Checks score_checks(const std::vector<double>& times, const std::vector<ScoreWays>& ways,
                    int dimension);
/// Errors at all levels, on one grid after the other with h halved each time.
Check grid_check(const std::vector<double>& levels, const std::vector<std::vector<double>>& errors);

}  // namespace feller
