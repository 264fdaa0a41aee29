#pragma once

/// What the study score_error claims of particles with a wrong score of any kind.

#include <optional>

#include "io/check.hpp"
#include "studies/score/wrong_paths.hpp"

namespace feller {

/// Particles that went back with one lambda.
struct WrongRun {
  double lambda = 1;
  double particles = 0;
  WrongPaths found, right;    ///< with the wrong and with the exact score
  double girsanov = 0;        ///< (1 + lambda)^2/(8 lambda) int E|e|^2 dt
  double girsanov_error = 0;  ///< its standard error, where the particles gave E|e|^2
  Estimate end;               ///< KL of the particles' cells to the exact law
  Estimate between;           ///< to those of particles with the exact score
  std::optional<WrongScore::End> exact, stepwise;  ///< where these are known
};

/// 4 standard errors of mean ln dQ/dP and of Girsanov's formula.
double path_tolerance(const WrongRun& run);

/// For any population and error.
Checks path_checks(const std::vector<WrongRun>& runs);
/// Whether the weights dP/dQ vary so little that their means are nearly normal.
bool has_weights(const WrongRun& run);
/// For every run that has weights; none without.
Checks weight_checks(const std::vector<WrongRun>& runs);

/// For a constant error: that no path is less than that of lambda = 1, if this is among them.
Checks least_path_checks(const std::vector<WrongRun>& runs);

}  // namespace feller
