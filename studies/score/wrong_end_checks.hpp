#pragma once

/// What the study score_error claims where the end is known: of normal populations, with an error
/// that is linear in the score.

#include "studies/score/score_error_checks.hpp"

namespace feller {

/// Of a normal population: equations against closed forms, KL(end) against the path's.
Checks equation_checks(const WrongScore& model, const std::vector<double>& lambdas);
/// For a constant error alone.
Checks constant_checks(const WrongScore& model, const std::vector<double>& lambdas);
/// Particles of a normal population.
Checks end_checks(const WrongScore& model, const std::vector<WrongRun>& runs);
/// For a constant error; none where the particles could not tell the first lambda from the last.
Checks shift_controls(const std::vector<WrongRun>& runs);

}  // namespace feller
