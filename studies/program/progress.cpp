#include "studies/program/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace feller {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// OpenMPI and MPICH give rank 0 a terminal of their own even where theirs is a pipe.
bool under_mpirun() {
  return std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr || std::getenv("PMI_SIZE") != nullptr;
}

std::string duration(double seconds) {
  if (seconds < 60) return fmt::format("{:.0f} s", std::ceil(seconds));
  if (seconds < 3600) return fmt::format("{:.0f} min", std::ceil(seconds / 60));
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace

Progress::Progress(int total, MPI_Comm comm)
    : total_{total},
      visible_{rank_of(comm) == 0},
      terminal_{isatty(STDOUT_FILENO) == 1 && !under_mpirun()},
      start_{Clock::now()},
      last_{start_} {}

Progress::~Progress() {
  if (line_open_) std::fputc('\n', stdout);
}

bool Progress::due(int step) const {
  if (!visible_ || step == shown_) return false;
  if (step == 0 || step == total_) return true;
  if (terminal_) return seconds_since(last_) > 0.1;
  const int tenth = std::max(1, total_ / 10);
  return step % tenth == 0 || seconds_since(last_) > 5;
}

void Progress::heading(const std::string& columns) {
  if (visible_) fmt::print("{}  {:>8}\n", columns, "left");
}

void Progress::show(int step, const std::string& columns) {
  if (!visible_) return;
  shown_ = step;
  last_ = Clock::now();
  if (terminal_ && step > 0 && step < total_) {
    constexpr int width = 20;
    const int filled = static_cast<int>(std::int64_t{width} * step / total_);
    fmt::print("\r\033[K{}  {:>8} [{:=<{}}{:<{}}]", columns, time_left(step), "", filled, "",
               width - filled);
    line_open_ = true;
  } else {
    fmt::print("{}{}  {:>8}\n", line_open_ ? "\r\033[K" : "", columns, time_left(step));
    line_open_ = false;
  }
  std::fflush(stdout);
}

std::string Progress::time_left(int step) const {
  if (step == total_) return duration(seconds_since(start_));
  if (step == first_) return "";
  return duration(seconds_since(start_) / (step - first_) * (total_ - step));
}

}  // namespace feller
