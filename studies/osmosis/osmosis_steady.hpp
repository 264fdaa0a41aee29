#pragma once

/// The steady state of an image directly: A u = 0 with the mass of the start in each region, or the
/// balance with what is held outside of one.

#include "studies/osmosis/osmosis_output.hpp"

namespace feller {

/// Each channel of a linear model; adds the checks.
///
///     stationarity   |A u + s|_inf <= 1e-11 max|a_ii| |u|_inf     (max|a_ii| <= 8 on pixels)
///     mean           kept to 1e-12 (in each region that none leaves)
///     uniqueness     from noise of the same masses: the same to 1e-8 of the largest value
///     control        where published codes stop, 11 steps of 1000, the first of these fails
///
/// Collective; throws InputError, SolverError, IoError.
struct OsmosisSteady {
  bool second_start = true;
  bool published_stopping = false;

  void declare(Parameters& parameters);
  void run(Experiment& experiment, const OsmosisOutput& output, SolverOptions solver) const;
};

}  // namespace feller
