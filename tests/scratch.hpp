#pragma once

/// A folder that all ranks know, removed at the end.

#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "discretisation/petsc.hpp"

namespace feller::test {

class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "feller_test_XXXXXX").string();
    if (rank_of(MPI_COMM_WORLD) == 0 && mkdtemp(name.data()) == nullptr) name.clear();
    folder_ = broadcast(MPI_COMM_WORLD, name);
    if (folder_.empty()) throw std::runtime_error("no temporary folder");
  }
  ~Scratch() {
    std::error_code ignored;
    if (rank_of(MPI_COMM_WORLD) == 0) std::filesystem::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
};

}  // namespace feller::test
