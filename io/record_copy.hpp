#pragma once

/// What a recorder has written so far, kept where a restart finds it, so that nothing depends on
/// the output file of a killed run.
///
/// Rows go into each checkpoint. Snapshots go once into a file that only grows, when the first
/// checkpoint after them is written: a run that is over before its first checkpoint copies nothing.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "io/checkpoint.hpp"
#include "io/recorder.hpp"

namespace feller {

class RecordCopy {
 public:
  /// Refers to the recorder.
  RecordCopy(Recorder& recorder, CheckpointFiles files)
      : recorder_{recorder}, files_{std::move(files)} {}

  /// Adds rows, times and fingerprints to a checkpoint (on rank 0), and new snapshots to their
  /// files. Collective; throws IoError.
  void save(Checkpoint& checkpoint);

  /// Throws IoError if snapshots that a checkpoint speaks of are not there. On one rank.
  static void verify(const Checkpoint& checkpoint, const CheckpointFiles& files);

  /// Sees each snapshot, its fields one after the other with their channels, before it is recorded.
  using Seen =
      std::function<void(const std::string& group, double time, const std::vector<Field>& fields)>;
  /// Records again what a checkpoint (that of rank 0) had recorded. Collective; throws IoError.
  void replay(const Checkpoint& checkpoint, const Seen& seen);

 private:
  void replay(const FieldGroup& group, const std::vector<double>& times, const Seen& seen);

  Recorder& recorder_;
  CheckpointFiles files_;
  std::map<std::string, std::vector<std::uint64_t>> fingerprints_;  ///< by group, of each field
};

}  // namespace feller
