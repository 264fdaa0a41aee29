#pragma once

/// What bad input gets: one line, exit status 2, and nothing on the disk.

#include <string>

#include "tests/process.hpp"

namespace feller::test {

struct Case {
  std::string name;
  std::string arguments;
  std::string message;  ///< must stand in the one line
  int ranks = 1;
};

/// Of study.ini in this folder.
void check_refused(const Folder& folder, const Case& c);

}  // namespace feller::test
