#pragma once

/// A density's mean and variance along the forward equation of a generator on a line.

#include <string>
#include <vector>

#include "studies/options.hpp"

#include "discretisation/generator.hpp"

namespace feller {

struct ForwardMoments {
  std::vector<double> times, mean, variance;  ///< at each step, time 0 first
  std::vector<Field> densities;               ///< at the outputs of the schedule
};

/// Collective; throws MethodError, SolverError.
ForwardMoments forward_moments(const Generator& generator, const Field& initial,
                               const std::string& method, const Schedule& schedule);

}  // namespace feller
