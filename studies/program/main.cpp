/// The program: parses the command line, acts, and turns exceptions into exit statuses.

#include <fmt/format.h>
#include <slepc.h>
#include <spdlog/spdlog.h>

#include <boost/version.hpp>
#include <cstdio>
#include <functional>

#include "discretisation/petsc.hpp"
#include "studies/program/describe.hpp"
#include "studies/program/run.hpp"
#include "studies/version.hpp"

namespace {

using namespace feller;

enum Status { held = 0, check_failed = 1, wrong_input = 2, solver_failed = 3, io_failed = 4 };

/// One line on stderr, from rank 0.
int complain(const std::string& message, Status status) {
  if (rank_of(PETSC_COMM_WORLD) == 0) {
    std::fflush(stdout);
    fmt::print(stderr, "feller: {}\n", message);
  }
  return status;
}

/// What this rank met alone: the others may be waiting, so all are ended.
int abort_all(const std::string& message, Status status) {
  fmt::print(stderr, "feller: {}\n", message);
  if (size_of(PETSC_COMM_WORLD) > 1) MPI_Abort(PETSC_COMM_WORLD, status);
  return status;
}

void print_version() {
  fmt::print("Feller {} ({})\nPETSc {}.{}.{}, SLEPc {}.{}.{}, Boost {}.{}\n", version, git_hash,
             PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR, SLEPC_VERSION_MAJOR,
             SLEPC_VERSION_MINOR, SLEPC_VERSION_SUBMINOR, BOOST_VERSION / 100000,
             BOOST_VERSION / 100 % 1000);
}

int act(const CommandLine& line) {
  const bool root = rank_of(PETSC_COMM_WORLD) == 0;
  switch (line.action) {
    case CommandLine::Action::run:
      return run_study(line);
    case CommandLine::Action::verify:
      return root ? verify_file(line.argument) : held;
    case CommandLine::Action::describe: {
      const std::string text = describe(line.argument);
      if (root) fmt::print("{}", text);
      return held;
    }
    case CommandLine::Action::help:
      if (root) fmt::print("{}", usage());
      return held;
    case CommandLine::Action::version:
      if (root) print_version();
      return held;
  }
  return wrong_input;
}

int guarded(const std::function<int()>& action) {
  try {
    return action();
  } catch (const InputError& error) {
    return complain(error.what(), wrong_input);
  } catch (const LibraryError& error) {
    return abort_all(error.what(), solver_failed);
  } catch (const SolverError& error) {
    return complain(error.what(), solver_failed);
  } catch (const IoError& error) {
    return complain(error.what(), io_failed);
  } catch (const std::exception& error) {
    return abort_all(fmt::format("internal error: {}", error.what()), solver_failed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const feller::Session session{argc, argv};
  spdlog::set_pattern("%v");
  if (rank_of(PETSC_COMM_WORLD) != 0) spdlog::set_level(spdlog::level::off);
  return guarded([&] { return act(parse_command_line(argc, argv)); });
}
