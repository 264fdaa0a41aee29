/// Runs the tests on all ranks: PETSc lives around Catch2, and only rank 0 reports what went well.

#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "discretisation/petsc.hpp"

int main(int argc, char** argv) {
  const feller::Session session{1, argv};
  const int rank = feller::rank_of(PETSC_COMM_WORLD);
  Catch::Session tests;
  if (const int wrong = tests.applyCommandLine(argc, argv); wrong != 0) return wrong;
  const auto report = std::filesystem::temp_directory_path() /
                      ("feller_tests_" + std::to_string(getpid()) + ".txt");
  if (rank != 0) tests.configData().outputFilename = report.string();
  const int failed = tests.run();
  if (rank != 0) {
    if (failed != 0) std::cerr << "rank " << rank << ":\n" << std::ifstream{report}.rdbuf();
    std::filesystem::remove(report);
  }
  return failed;
}
