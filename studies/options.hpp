#pragma once

/// The sections of a study file that every study shares: [study], [time], [solver], [observe].

#include <map>
#include <string>
#include <vector>

#include "io/parameters.hpp"
#include "solvers/linear_solver.hpp"

namespace feller {

/// [study] and [petsc]: what is run, where it goes, and options for PETSc itself.
struct StudyOptions {
  std::string kind;
  std::string problem;
  std::string title;
  std::string output;
  bool overwrite = false;
  std::map<std::string, std::string> petsc;

  void declare(Parameters& parameters);
};

/// Steps of equal length that end exactly at the end, and those after which fields are written.
struct Schedule {
  double step = 0;
  int steps = 0;
  double tolerance = 0;      ///< error per unit of time to which steps are cut; 0: not at all
  std::vector<int> outputs;  ///< ascending, in 0..steps

  double time(int n) const { return n * step; }
  double end() const { return time(steps); }
  bool is_output(int n) const;
  /// Largest relative change of a conserved mass over all steps: 1e-13 per unit of time, and the
  /// rounding of each step and its sum.
  double mass_bound() const;
};

/// [time].
struct TimeOptions {
  std::string method = "implicit_euler";
  double step = 0;
  double end = 0;
  double tolerance = 0;
  std::vector<double> outputs;

  /// A study that can do without leaves step and end at 0 where they are not given.
  void declare(Parameters& parameters, bool required = true);
  /// The step is shortened so that it divides the end; each output moves to the nearest step.
  /// Throws InputError for outputs beyond the end, or without step or end.
  Schedule schedule(const Parameters& parameters, int refinement = 1) const;
};

/// [solver].
struct SolverSection {
  SolverOptions options;

  void declare(Parameters& parameters);
};

/// [observe].
struct ObserveOptions {
  std::vector<std::string> functionals;
  int every = 1;
  bool spectral_gap = true;

  void declare(Parameters& parameters);
  /// Throws InputError for a functional that is named twice.
  void validate(const Parameters& parameters) const;
};

}  // namespace feller
