#pragma once

/// What can go wrong, by who has to act: the exception's type decides the exit status.
///
/// A message is one line for the person who meets it. Input errors are raised on every rank or on
/// none (see `agree`), so that no rank is left waiting in a collective call.

#include <stdexcept>
#include <string>

namespace feller {

/// The study file, the command line or an input file is wrong. Exit status 2; nothing was written.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A solver did not converge or broke down. Exit status 3.
struct SolverError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reading or writing failed although the input was right. Exit status 4.
struct IoError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace feller
