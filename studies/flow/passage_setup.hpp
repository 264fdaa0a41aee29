#pragma once

/// The [first_passage] section: where mass is absorbed, which part of it counts as the target, and
/// from which points it starts.

#include <optional>
#include <string>
#include <vector>

#include "discretisation/absorbing_set.hpp"
#include "discretisation/interpolation.hpp"
#include "solvers/killed_system.hpp"
#include "studies/experiment.hpp"

namespace feller {

/// A generator that kills, the cells from which it starts, and what counts as its target.
struct KilledProcess {
  Generator generator;
  Field alive;      ///< 1 outside the absorbing sets, 0 inside
  Field exit_rate;  ///< of killing, what goes into the target; 0 if there is none
  bool has_target = false;
};

/// A point from which times are reported.
struct StartPoint {
  Point point;
  std::string label;  ///< "x = -1"
  Interpolation value_of;
};

class PassageOptions {
 public:
  void declare(Parameters& parameters);

  /// Killed at open borders and in first_passage.set. Collective; throws InputError where nothing
  /// absorbs.
  KilledProcess passage(const Experiment& experiment) const;

  /// Killed in the target as well, which counts; nothing if no target is given. Collective; throws
  /// InputError.
  std::optional<KilledProcess> committor(const Experiment& experiment) const;

  /// Collective; throws InputError for points outside the grid or in the set.
  std::vector<StartPoint> starts(const Experiment& experiment, const Field& alive) const;

 private:
  Region region(const Experiment& experiment, const std::string& key,
                const std::string& text) const;
  JumpRates absorbed(const Experiment& experiment) const;
  void add_target(const Experiment& experiment, JumpRates& rates, Field& alive,
                  Field& exit_rate) const;
  void add_target_borders(const Experiment& experiment, const JumpRates& rates,
                          Field& exit_rate) const;

  std::string set_;
  std::string target_;
  std::vector<std::string> target_borders_;
  std::vector<double> start_;
};

/// The solver of a killed process. Collective; throws InputError, blaming the set, where it cannot
/// be reached.
KilledSystem killed_system(const Experiment& experiment, const Generator& generator);

/// Throws InputError unless the problem has one channel, rates >= 0 that do not depend on time,
/// and no sources. Collective.
void require_plain_process(const Experiment& experiment, const std::string& study);

}  // namespace feller
