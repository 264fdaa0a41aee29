#pragma once

/// What a user sees of a long run: on a terminal a bar that moves, in a pipe a line now and then.

#include <chrono>
#include <string>

#include "discretisation/petsc.hpp"

namespace feller {

class Progress {
 public:
  /// `total` steps are to come. Rank 0 shows, the others stay silent.
  Progress(int total, MPI_Comm comm);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// True if a line is due after this step: the first, the last, every tenth part, or after 5 s.
  bool due(int step) const;
  /// The steps up to this one were made by an earlier run.
  void start_after(int step) { first_ = step; }
  /// The heading of the columns.
  void heading(const std::string& columns);
  /// Shows `columns` and the time left; after the last step the time taken.
  void show(int step, const std::string& columns);

 private:
  std::string time_left(int step) const;

  int total_;
  bool visible_;
  bool terminal_;
  bool line_open_ = false;
  int first_ = 0;
  int shown_ = -1;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace feller
