#pragma once

/// feller STUDY.ini [--restart] [--section.key=value ...] [-- PETSC OPTIONS]
/// feller describe [NAME] | verify FILE.h5 | --help | --version

#include <string>
#include <vector>

namespace feller {

struct CommandLine {
  enum class Action { run, describe, verify, help, version };

  Action action = Action::help;
  std::string argument;                ///< study file, name or HDF5 file
  std::vector<std::string> overrides;  ///< "section.key=value"
  bool restart = false;                ///< go on from the last checkpoint
  std::string petsc_options;           ///< what stands after "--"
};

/// Throws InputError.
CommandLine parse_command_line(int argc, const char* const* argv);

std::string usage();

}  // namespace feller
