#pragma once

/// A linear model of osmosis in time: as a relaxation, and what osmosis leaves at its end.

#include "studies/checkpointing.hpp"
#include "studies/options.hpp"
#include "studies/osmosis_output.hpp"

namespace feller {

struct OsmosisFlow {
  TimeOptions time;
  ObserveOptions observe;
  CheckpointOptions checkpoint;

  void declare(Parameters& parameters);
  /// Collective; throws InputError, SolverError, IoError, Interrupted.
  void run(Experiment& experiment, const OsmosisOutput& output, const SolverOptions& solver) const;
};

}  // namespace feller
