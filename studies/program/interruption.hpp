#pragma once

/// SIGTERM and SIGINT as a wish to stop after the step that is under way.
///
/// While an object lives, the first of these signals is only noted; the next one acts as on any
/// program. So does one that was noted too late for anybody to hear of it.

#include <signal.h>

#include <array>

namespace feller {

class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// The signal that came to this rank, or 0.
  static int seen();

  static constexpr std::array signals{SIGTERM, SIGINT};

 private:
  std::array<struct sigaction, signals.size()> before_{};
};

}  // namespace feller
