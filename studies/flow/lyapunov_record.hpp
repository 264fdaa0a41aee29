#pragma once

/// What a study of entropies leaves: entropies, their losses and rates in time, and densities.

#include "studies/experiment.hpp"
#include "studies/flow/decay_watch.hpp"
#include "studies/program/progress.hpp"

namespace feller {

/// One channel.
struct WatchedFlow {
  std::unique_ptr<EntropyFlow> flow;
  DecayWatch decay;
};

class LyapunovRecord {
 public:
  /// Opens the experiment's record. Refers to its arguments. `log_steady`: one a channel where w is
  /// stationary. Collective; throws InputError if a file is in the way.
  LyapunovRecord(Experiment& experiment, const Schedule& schedule, int every,
                 std::vector<WatchedFlow>& flows);

  /// Records what is due after this step. Collective.
  void look(int step);

 private:
  FileLayout layout() const;
  Table table(const std::string& name, const std::string& title, const std::string& prefix) const;
  Table rates() const;
  void add_rows(double time);
  void add_snapshot(double time);
  void show(int step, double time);

  Experiment& experiment_;
  const Schedule& schedule_;
  int every_;
  std::vector<WatchedFlow>& flows_;
  bool steady_;
  Recorder& recorder_;
  Progress progress_;
  double before_ = 0;
};

}  // namespace feller
