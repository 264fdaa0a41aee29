#pragma once

/// The kinds of processes that processes/registry.cpp lists. Each declares its parameters and makes
/// the process from them. Where there is a `problem.start`, it is the age of the process at the
/// study's time 0.

#include <memory>
#include <string>
#include <vector>

#include "io/parameters.hpp"
#include "problems/processes/process.hpp"

namespace feller {

class ProcessKind {
 public:
  virtual ~ProcessKind() = default;
  virtual void declare(Parameters& parameters) = 0;
  /// For a grid with so many axes. Throws InputError for what the process cannot be.
  virtual std::unique_ptr<Process> make(const Parameters& parameters, int dimension) const = 0;
};

std::unique_ptr<ProcessKind> brownian();
std::unique_ptr<ProcessKind> ornstein_uhlenbeck();
std::unique_ptr<ProcessKind> rotating_ornstein_uhlenbeck();
std::unique_ptr<ProcessKind> cir();
std::unique_ptr<ProcessKind> jacobi();
std::unique_ptr<ProcessKind> geometric_brownian_motion();
std::unique_ptr<ProcessKind> double_well();

/// InputError unless the grid has exactly so many axes.
void require_dimension(const Parameters& parameters, int dimension, int needed);
/// The list as a point; InputError unless it has one entry an axis, or one for all.
Point as_point(const Parameters& parameters, const std::string& key,
               const std::vector<double>& list, int dimension);

}  // namespace feller
