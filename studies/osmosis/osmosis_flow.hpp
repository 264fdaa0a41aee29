#pragma once

/// A linear model of osmosis in time: as a relaxation, and what osmosis leaves at its end.

#include "studies/options.hpp"
#include "studies/osmosis/osmosis_output.hpp"
#include "studies/program/checkpointing.hpp"

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
