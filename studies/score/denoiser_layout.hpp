#pragma once

/// What the study of denoisers leaves in its file, table by table.

#include "studies/experiment.hpp"
#include "studies/score/denoiser_ladders.hpp"

namespace feller {

/// `on_grid`: levels at which the grid has the score.
FileLayout denoiser_layout(const Experiment& experiment, const DenoiserPlan& plan,
                           const std::vector<double>& on_grid);

}  // namespace feller
