#include "studies/flow/propagation.hpp"

#include <algorithm>

#include "solvers/adaptive_propagator.hpp"
#include "solvers/choose_propagator.hpp"
#include "solvers/midpoint_propagator.hpp"

namespace feller {
namespace {

/// What `auto` means here; with a tolerance an implicit method cuts its steps to it.
Choice method_of(const Problem& problem, int channel, const Generator& generator,
                 const std::string& method, double step, const SolverOptions& options) {
  if (method != "auto") return {method, ""};
  if (!problem.depends_on_time()) return choose_propagator(generator, step, options, false);
  return choose_propagator(problem.generator(channel, step / 2), step, options, true);
}

bool is_exponential(const std::string& method) {
  const auto all = propagators();
  const auto entry = std::ranges::find(all, method, &PropagatorEntry::name);
  return entry != all.end() && entry->exact;
}

std::unique_ptr<Propagator> propagator_by(const Choice& choice, const Problem& problem, int channel,
                                          const Generator& generator, double step,
                                          SolverOptions options, double tolerance) {
  const bool exact = is_exponential(choice.method) && !problem.depends_on_time();
  if (exact) options.truncation = tolerance * step;
  const auto make = [&problem, &generator, channel, method = choice.method,
                     options](double tau) -> std::unique_ptr<Propagator> {
    if (!problem.depends_on_time()) return make_propagator(method, generator, tau, options);
    return std::make_unique<MidpointPropagator>(
        method, [&problem, channel](double time) { return problem.generator(channel, time); }, tau,
        options);
  };
  std::unique_ptr<Propagator> propagator;
  if (tolerance == 0 || exact) {
    propagator = make(step);
  } else {
    propagator = std::make_unique<AdaptivePropagator>(make, step, tolerance);
  }
  propagator->set_reason(choice.reason);
  propagator->start_from(masses_of(problem.initial(channel)));
  return propagator;
}

}  // namespace

std::unique_ptr<Propagator> propagator_of(const Problem& problem, int channel,
                                          const Generator& generator, const std::string& method,
                                          double step, const SolverOptions& options,
                                          double tolerance) {
  const Choice choice = method_of(problem, channel, generator, method, step, options);
  const auto by = [&](const Choice& chosen) {
    return propagator_by(chosen, problem, channel, generator, step, options, tolerance);
  };
  if (method != "auto" || choice.method != "chebyshev") return by(choice);
  try {
    return by(choice);
  } catch (const MethodError&) {
    return by({"uniformization",
               "no error in time; the start lies too far from the steady state "
               "for chebyshev"});
  }
}

void refuse_given(const Parameters& parameters, const std::vector<std::string>& keys,
                  const std::string& words) {
  for (const auto& key : parameters.given()) {
    if (std::ranges::find(keys, key) != keys.end()) throw parameters.blame(key, words);
  }
}

void require_exponential(const Parameters& parameters, const std::string& method) {
  refuse_given(parameters, {"time.tolerance"}, "is not used: exponentials run to round-off here");
  if (is_exponential(method)) return;
  throw parameters.blame("time.method",
                         "must have no error in time, so that the grid's is seen: uniformization, "
                         "chebyshev or mfn");
}

void say_method(const Experiment& experiment, const Propagator& propagator) {
  experiment.say(propagator.description());
  if (!propagator.reason().empty()) experiment.say("chosen because: " + propagator.reason());
}

}  // namespace feller
