#pragma once

/// Fusion of two images by minimising an energy of the image and its guidance.

#include "solvers/linear_solver.hpp"
#include "studies/osmosis/osmosis_output.hpp"

namespace feller {

/// Until the energy falls by less than 1e-6 of itself, or that many iterations. Records the energy;
/// checks that it falls at every iteration. Collective; throws InputError, SolverError, IoError.
void run_fusion(Experiment& experiment, const OsmosisOutput& output, const SolverOptions& solver,
                int most_iterations);

}  // namespace feller
