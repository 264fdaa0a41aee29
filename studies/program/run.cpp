#include "studies/program/run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "io/check_file.hpp"
#include "problems/registry.hpp"
#include "studies/program/checkpointing.hpp"
#include "studies/registry.hpp"
#include "studies/study.hpp"
#include "studies/version.hpp"

namespace feller {
namespace {

namespace fs = std::filesystem;

constexpr int exit_interrupted = 5;

std::string read_text(const std::string& path) {
  std::string text;
  agree_on(PETSC_COMM_WORLD, [&] {
    if (rank_of(PETSC_COMM_WORLD) != 0) return;
    std::error_code ignored;
    if (!fs::exists(path, ignored)) throw InputError(fmt::format("{}: no such study file", path));
    std::ifstream stream{path};
    std::ostringstream whole;
    if (fs::is_directory(path, ignored) || !(whole << stream.rdbuf())) {
      throw InputError(fmt::format("{}: cannot be read as a study file", path));
    }
    text = whole.str();
  });
  return broadcast(PETSC_COMM_WORLD, std::move(text));
}

StudyFile read_study_file(const CommandLine& line) {
  StudyFile file{line.argument, read_text(line.argument)};
  for (const auto& assignment : line.overrides) file.override_with(assignment);
  return file;
}

/// The entry that a key of the file names, for the keys that decide which parameters there are.
template <class Entries>
const auto& kind_of(const StudyFile& file, const std::string& key, const Entries& entries) {
  std::vector<std::string> known;
  for (const auto& entry : entries) known.emplace_back(entry.name);
  const Entry* given = file.find(key);
  const std::string allowed = fmt::format("one of {}", fmt::join(known, ", "));
  if (given == nullptr) {
    throw InputError(fmt::format("{}: {} is missing: {}", file.path().string(), key, allowed));
  }
  const auto found =
      std::ranges::find_if(entries, [&](const auto& entry) { return entry.name == given->value; });
  if (found == entries.end()) {
    throw InputError(file.at(*given, fmt::format("{} = {}: must be {}{}", key, given->value,
                                                 allowed, suggestion(given->value, known))));
  }
  return *found;
}

/// The output must be writable, and must not be there unless it may be replaced or is gone on with.
void validate_output(const Parameters& parameters, const StudyOptions& options, bool restart) {
  agree_on(PETSC_COMM_WORLD, [&] {
    if (rank_of(PETSC_COMM_WORLD) != 0) return;
    const fs::path path{options.output};
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path{"."};
    std::error_code ignored;
    const auto wrong = [&](const std::string& words) {
      return parameters.blame("study.output", words);
    };
    if (path.extension() != ".h5") throw wrong("must end in .h5");
    if (!fs::is_directory(folder, ignored)) {
      throw wrong(fmt::format("the folder '{}' does not exist; make it first", folder.string()));
    }
    if (access(folder.c_str(), W_OK | X_OK) != 0) {
      throw wrong(fmt::format("the folder '{}' cannot be written to", folder.string()));
    }
    if (!fs::exists(path, ignored)) return;
    if (!fs::is_regular_file(path, ignored) || access(path.c_str(), W_OK) != 0) {
      throw wrong("is there and cannot be replaced");
    }
    if (options.overwrite || restart) return;
    const bool unfinished = !CheckpointFiles{path}.present().empty();
    throw wrong(fmt::format("exists; {}set study.overwrite = true to replace it",
                            unfinished ? "give --restart to go on from its checkpoint, or " : ""));
  });
}

/// A study file may serve several kinds of studies, each taking what concerns it.
void tolerate_other_studies(Parameters& parameters) {
  for (const auto& entry : study_kinds()) {
    const auto other = entry.make();
    Parameters theirs;
    other->declare(theirs);
    parameters.tolerate(theirs);
  }
}

void set_petsc_options(const StudyOptions& options, const CommandLine& line) {
  for (const auto& [key, value] : options.petsc) Session::set_options("-" + key + " " + value);
  Session::set_options(line.petsc_options);
}

void warn_of_unused_petsc_options() {
  PetscInt count = 0;
  char** names = nullptr;
  char** values = nullptr;
  check(PetscOptionsLeftGet(nullptr, &count, &names, &values));
  for (PetscInt i = 0; i < count; ++i) {
    spdlog::warn("PETSc option -{} was not used; is it misspelt?", names[i]);
  }
  check(PetscOptionsLeftRestore(nullptr, &count, &names, &values));
}

std::optional<Restart> restart_of(const CommandLine& line, const StudyFile& file,
                                  const Parameters& parameters, const StudyOptions& options) {
  if (!line.restart) return std::nullopt;
  return find_restart(file, parameters, options.output);
}

/// The command that goes on with a run, for a shell.
std::string command_to_go_on(const CommandLine& line) {
  std::string command = fmt::format("feller {} --restart", line.argument);
  for (const auto& assignment : line.overrides) command += fmt::format(" '--{}'", assignment);
  if (!line.petsc_options.empty()) command += " -- " + line.petsc_options;
  return command;
}

void introduce(const Experiment& experiment, const StudyOptions& options) {
  const Grid& grid = experiment.problem().grid();
  std::string cells;
  for (const auto& axis : grid.axes()) {
    cells += fmt::format("{}{}", cells.empty() ? "" : " x ", axis.cells);
  }
  const auto channels = experiment.problem().channels().size();
  const int ranks = size_of(grid.comm());
  experiment.say(fmt::format("Feller {}: {}", version, experiment.title()));
  experiment.say(fmt::format("{} of {}: {} cells, {} channel{}, {} rank{}", options.kind,
                             options.problem, cells, channels, channels == 1 ? "" : "s", ranks,
                             ranks == 1 ? "" : "s"));
}

void report(const Experiment& experiment) {
  experiment.say("");
  experiment.say(table(experiment.checks()));
  experiment.say("");
  std::string files;
  for (const auto& file : experiment.record()->files()) {
    files += (files.empty() ? "wrote " : "\n      ") + file.string();
  }
  experiment.say(files);
}

}  // namespace

int run_study(const CommandLine& line) {
  const StudyFile file = read_study_file(line);
  const auto study = kind_of(file, "study.kind", study_kinds()).make();
  const auto problem = kind_of(file, "problem.kind", problem_kinds()).make();
  StudyOptions options;
  Parameters parameters;
  options.declare(parameters);
  study->declare(parameters);
  problem->declare(parameters);
  tolerate_other_studies(parameters);
  parameters.read(file);
  validate_output(parameters, options, line.restart);
  const auto restart = restart_of(line, file, parameters, options);
  set_petsc_options(options, line);

  Experiment experiment{file, parameters, options, *problem, restart ? &*restart : nullptr};
  introduce(experiment, options);
  if (restart) {
    for (const auto& words : restart->words) experiment.say(words);
  }
  for (const auto& key : parameters.unused()) {
    experiment.say(fmt::format("{} is not used by {}", key, options.kind));
  }
  if (!experiment.problem().is_linear() && !study->takes_nonlinear()) {
    throw parameters.blame("study.kind", "is for linear problems; take study.kind = osmosis");
  }
  try {
    study->run(experiment);
  } catch (const Interrupted& reason) {
    experiment.finish(RunStatus::interrupted);
    experiment.say(fmt::format("{}; go on with\n  {}", reason.what(), command_to_go_on(line)));
    return exit_interrupted;
  } catch (const MethodError& error) {
    throw parameters.blame(error.key, error.what());
  } catch (const LibraryError&) {
    // Perhaps on this rank alone: nothing collective may follow, unless there is no other.
    if (size_of(PETSC_COMM_WORLD) == 1) experiment.finish(RunStatus::failed);
    throw;
  } catch (const SolverError&) {
    experiment.finish(RunStatus::failed);
    throw;
  } catch (const InputError&) {
    experiment.finish(RunStatus::failed);
    throw;
  }
  experiment.finish(RunStatus::complete);
  warn_of_unused_petsc_options();
  report(experiment);
  return all_passed(experiment.checks()) ? 0 : 1;
}

int verify_file(const std::string& path) {
  const std::string status = read_status(path);
  const Checks checks = read_checks(path);
  fmt::print("{}: {}\n", path, status == "running" ? "running, or killed" : status);
  if (!checks.empty()) fmt::print("{}\n", table(checks));
  return status == "complete" && all_passed(checks) ? 0 : 1;
}

}  // namespace feller
