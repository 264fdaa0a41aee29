#pragma once

/// How a problem's channel is propagated: the method that was asked for, or that `auto` means.

#include <memory>
#include <string>
#include <vector>

#include "problems/problem.hpp"
#include "solvers/propagator.hpp"
#include "studies/experiment.hpp"

namespace feller {

/// The propagator of a channel, its coefficients taken at the middle of each step where they depend
/// on time. With a tolerance (error of the mass per unit of time) implicit methods cut their steps
/// and exponentials their polynomial. `generator` is that of time 0; both must outlive what is
/// made. Collective; throws MethodError for a method that does not suit them or the initial state.
std::unique_ptr<Propagator> propagator_of(const Problem& problem, int channel,
                                          const Generator& generator, const std::string& method,
                                          double step, const SolverOptions& options,
                                          double tolerance = 0);

/// Throws InputError where the file or the command line gives one of these keys, which the study
/// would not look at.
void refuse_given(const Parameters& parameters, const std::vector<std::string>& keys,
                  const std::string& words);

/// Throws InputError unless the method has no error in time: for studies that measure a grid's.
void require_exponential(const Parameters& parameters, const std::string& method);

/// Which method runs, and why if it was not asked for by name.
void say_method(const Experiment& experiment, const Propagator& propagator);

}  // namespace feller
