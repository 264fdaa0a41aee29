#pragma once

/// `--restart`: finds the checkpoint that a study goes on from, and makes sure that it is one of
/// this very study.
///
/// Every parameter must have the value that it had, as the result must be that of an uninterrupted
/// run; free are study.output and study.overwrite, [checkpoint] and solver.max_iterations. Input
/// files may lie elsewhere if their contents are the same. time.end decides the step and so is not
/// free.

#include <filesystem>
#include <optional>
#include <string>

#include "io/checkpoint.hpp"
#include "io/parameters.hpp"

namespace feller {

struct Restart {
  CheckpointFiles files;
  std::filesystem::path path;      ///< the one to go on from
  std::vector<std::string> words;  ///< for the user: what is wrong with a newer one
  Checkpoint checkpoint;           ///< on rank 0
};

/// The newest checkpoint of an output file that can be used. Throws InputError on all ranks if
/// there is none, or if a parameter differs, naming it and both values. Collective; writes nothing.
Restart find_restart(const StudyFile& file, const Parameters& parameters,
                     const std::filesystem::path& output);

/// Fingerprints of the input files that parameters name, into a checkpoint. On rank 0.
void add_contents(const Parameters& parameters, Checkpoint& checkpoint);

/// "1", "0.5", "text": a parameter as checkpoints hold it.
std::string text_of(const Value& value);

}  // namespace feller
