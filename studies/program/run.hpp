#pragma once

/// From a command line to an exit status: reads the study, runs it, reports.

#include "studies/program/command_line.hpp"

namespace feller {

/// Runs a study file and returns 0 if every check held, otherwise 1, and 5 if a signal interrupted
/// it after a checkpoint. Collective; throws InputError, SolverError and IoError after closing the
/// record as failed.
int run_study(const CommandLine& line);

/// Prints the checks of a finished file; 0 if the run is complete and every check held, else 1.
int verify_file(const std::string& path);

}  // namespace feller
