#pragma once

/// [reverse]: which reverse processes, on which grids of time, from how many particles.

#include "problems/processes/process.hpp"
#include "studies/experiment.hpp"
#include "studies/score/reverse_ladder.hpp"

namespace feller {

/// The problem as McAllester's process (1), z(t) = y + sqrt(t) eps.
struct ForwardProcess {
  const Process* process = nullptr;
  Clusters clusters;
};

/// Throws InputError unless it is one, from a mixture of normal laws or points.
ForwardProcess forward_process(const Experiment& experiment);

class ReverseOptions {
 public:
  void declare(Parameters& p);
  /// Throws InputError.
  LadderPlan plan(const Parameters& parameters, const Process& process) const;
  std::vector<NamedMotion> motions(const Parameters& parameters) const;
  /// What to name where steps are too long.
  const char* key_of_steps() const {
    return spacing_ == "list" ? "reverse.times" : "reverse.steps";
  }
  std::uint64_t seed() const { return static_cast<std::uint64_t>(seed_); }

 private:
  Times times(const Parameters& parameters, const Process& process) const;

  std::vector<double> lambdas_{0, 0.5, 1, 2};
  std::string scheme_ = "heun";
  std::string start_ = "exact";
  std::string spacing_ = "log";
  std::vector<double> times_;
  double from_ = 10;
  double to_ = 0.1;
  int steps_ = 8;
  int levels_ = 5;
  int particles_ = 65536;
  std::int64_t seed_ = 1;
};

}  // namespace feller
