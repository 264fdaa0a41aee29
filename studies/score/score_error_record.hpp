#pragma once

/// The tables of the study score_error: relative entropy and mean of the end by lambda, of
/// particles beside the laws, where these are known.

#include "studies/experiment.hpp"
#include "studies/score/score_error_checks.hpp"

namespace feller {

/// The lambdas of curves: from 1/64 to 1024, 1 among them.
std::vector<double> lambda_powers();

FileLayout score_error_layout(const Experiment& experiment, bool is_known);
/// Rows at all lambdas, of particles where there are any.
void record_runs(Recorder& record, const std::optional<WrongScore>& model,
                 const std::vector<WrongRun>& runs);

}  // namespace feller
