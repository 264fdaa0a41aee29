#pragma once

/// A checkpoint: what a run needs to go on, in an HDF5 file of its own, written by any number of
/// ranks and read by any other.
///
///     format          1
///     parameters/     every resolved parameter, as text
///     texts/          by name: version, study file, ...
///     numbers/        by name: step, time, extremes, rows of the tables, ...
///     fields/         by name: doubles on the grid, (z, y, x)
///     fingerprints/   of the fields, as text
///     complete        0, made 1 at the end
///
/// The file is a draft, `<stem>.checkpoint.tmp`, until it is closed; then the newest checkpoint
/// becomes the older one and the draft the newest, each by renaming. So a run that is killed at any
/// moment leaves a whole checkpoint if it ever wrote one. Snapshots of the output are too large to
/// be copied each time: they lie in `<stem>.checkpoint.<group>.raw` (io/field_store.hpp), and the
/// checkpoint has their fingerprints.

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "discretisation/field.hpp"

namespace feller {

/// All of a checkpoint but the fields.
struct Checkpoint {
  std::vector<std::pair<std::string, std::string>> parameters;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::vector<double>> numbers;
};

/// A field and its name in the checkpoint; refers to the field.
using NamedFields = std::vector<std::pair<std::string, Field*>>;

/// Writes a file whole; what rank 0 has in `checkpoint` counts. Collective; throws IoError.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint,
                      const NamedFields& fields, const Grid& grid);

/// Reads all but the fields, after seeing that these are what was written. On one rank; throws
/// IoError saying what is wrong with the file.
Checkpoint read_checkpoint(const std::filesystem::path& path);

/// Reads fields by their names. Collective; throws IoError.
void read_checkpoint_fields(const std::filesystem::path& path, const NamedFields& fields,
                            const Grid& grid);

/// The files that belong to the checkpoints of an output file, beside it.
class CheckpointFiles {
 public:
  explicit CheckpointFiles(const std::filesystem::path& output);

  std::filesystem::path newest() const { return stem_ + ".h5"; }
  std::filesystem::path older() const { return stem_ + ".old.h5"; }
  std::filesystem::path draft() const { return stem_ + ".tmp"; }
  /// The snapshots of a group.
  std::filesystem::path snapshots(const std::string& group) const {
    return stem_ + "." + group + ".raw";
  }

  /// Those that are there. On one rank.
  std::vector<std::filesystem::path> present() const;
  /// Deletes them; what cannot be deleted stays. On one rank.
  void remove() const;

 private:
  std::string stem_;  ///< "output/cat.checkpoint"
};

}  // namespace feller
