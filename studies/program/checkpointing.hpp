#pragma once

/// When a run writes checkpoints, and how it goes on from one. In a study that walks through steps:
///
///     Checkpointing checkpoints{experiment, recorder, options};
///     checkpoints.state().add("masses", masses);      // all that the next step needs
///     for (int n = checkpoints.resume() + 1; n <= steps; ++n) {
///       ...                                           // advance, record
///       checkpoints.after(n, time);
///     }
///
/// The record needs no mention: what was recorded is kept and recorded again (io/record_copy.hpp).
/// All calls are collective.

#include <chrono>
#include <stdexcept>
#include <string>

#include "io/record_copy.hpp"
#include "studies/experiment.hpp"
#include "studies/program/interruption.hpp"
#include "studies/program/kept_state.hpp"

namespace feller {

/// [checkpoint].
struct CheckpointOptions {
  int steps = 0;
  double minutes = 5;

  void declare(Parameters& parameters);
};

/// A signal asked the run to stop, and a checkpoint was written.
struct Interrupted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Checkpointing {
 public:
  /// Refers to its arguments. From here on SIGTERM and SIGINT are taken care of.
  Checkpointing(Experiment& experiment, Recorder& recorder, const CheckpointOptions& options);

  KeptState& state() { return state_; }

  /// The step after which the run goes on; 0 for one that starts. Puts the state back and records
  /// again what was recorded, as `seen` sees. Throws IoError.
  int resume(const RecordCopy::Seen& seen = {});

  /// To be called after every step, when it has been recorded. Writes a checkpoint if one is due.
  /// Throws Interrupted after a signal to any rank, and IoError if there is none to go on from.
  void after(int step, double time);

 private:
  void write(int step, double time);
  void try_to_write(int step, double time);

  Experiment& experiment_;
  const CheckpointOptions& options_;
  CheckpointFiles files_;
  RecordCopy record_;
  KeptState state_;
  Interruption interruption_;
  bool newest_is_whole_ = false;
  std::chrono::steady_clock::time_point written_;
};

}  // namespace feller
