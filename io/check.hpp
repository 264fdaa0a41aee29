#pragma once

/// A claim with a number: what a run verified, and whether it held.
///
/// Bounds come from theory (order of the scheme, tolerance of the solver, standard error). A
/// negative control is a check on a wrong formula; it is written so that `passed` means that the
/// wrong formula failed by the stated margin.

#include <string>
#include <string_view>
#include <vector>

namespace feller {

enum class Relation { at_most, less, at_least, greater };

std::string_view symbol(Relation relation);  ///< "<=", "<", ">=", ">"

struct Check {
  std::string name;   ///< short and unique in a run: "mass"
  std::string claim;  ///< the statement, with the equation's number
  double measured = 0;
  Relation relation = Relation::at_most;
  double bound = 0;
  bool is_control = false;
  std::string statement = {};  ///< which one it verifies, as docs/properties.md lists them: "V3"
  std::string misprint = {};  ///< of a control: where a paper states what fails: "Peter 2023, (10)"

  /// Not for NaN: a check that could not be computed did not hold.
  bool passed() const;
};

using Checks = std::vector<Check>;

/// The worst that was seen so far, for what must stay small or large. NaN is worse than any number
/// and stays. Whether the value became the worst.
bool raise(double& worst, double value);
bool lower(double& worst, double value);

bool all_passed(const Checks& checks);

/// The checks as lines of text, aligned, each with its verdict.
std::string table(const Checks& checks);

}  // namespace feller
