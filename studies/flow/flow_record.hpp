#pragma once

/// What an evolution in time leaves: fields at the outputs, functionals at every step, solver
/// figures, pictures, and lines on the terminal.

#include <functional>

#include "studies/experiment.hpp"
#include "studies/flow/evolution.hpp"
#include "studies/program/checkpointing.hpp"
#include "studies/program/progress.hpp"

namespace feller {

/// What a study adds to the record of a flow.
struct FlowExtras {
  std::function<void(FileLayout&)> add_to = [](FileLayout&) {};
  std::vector<std::string> pictures = {};
};

class FlowRecord {
 public:
  /// Opens the experiment's record. Refers to its arguments. Collective; throws InputError if a
  /// file is in the way.
  FlowRecord(Experiment& experiment, const Schedule& schedule, const ObserveOptions& options,
             const Evolutions& evolutions, const FlowExtras& extras = {});

  /// Keeps the evolutions in checkpoints, then looks at the start or, where a run goes on, records
  /// again what it had recorded. Returns the step that is done. Collective; throws IoError.
  int begin(Checkpointing& checkpoints);
  /// Records what is due after this step. Collective.
  void look(int step);
  /// All steps from the start, or from the checkpoint that the run goes on from: each channel
  /// advances and is looked at, what is due is recorded, checkpoints are written. Collective;
  /// throws SolverError, IoError, Interrupted.
  void walk(const CheckpointOptions& options);
  /// The last picture of the contact sheet, where there is a steady state. Collective.
  void draw_steady_state();

  Recorder& recorder() { return recorder_; }

 private:
  FileLayout layout(const FlowExtras& extras) const;
  Table diagnostics() const;
  void add_rows(double time);
  void add_snapshot(double time);
  void draw(double time, const std::vector<Field>& fields);
  std::string columns(int step, double time);

  Experiment& experiment_;
  const Schedule& schedule_;
  const ObserveOptions& options_;
  const Evolutions& evolutions_;
  bool relaxes_;  ///< all channels, to a steady state
  std::vector<std::string> observed_;
  Recorder& recorder_;
  Progress progress_;
  double entropy_before_ = 0;
};

}  // namespace feller
