#include "studies/operators/forward_moments.hpp"

#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"

namespace feller {

ForwardMoments forward_moments(const Generator& generator, const Field& initial,
                               const std::string& method, const Schedule& schedule) {
  Field masses = masses_of(initial);
  const auto propagator = make_propagator(method, generator, schedule.step,
                                          {.keep_positive = true, .solves = schedule.steps});
  propagator->start_from(masses);
  ForwardMoments found;
  for (int n = 0;; ++n) {
    const Field density = densities_of(masses);
    const double mean = first_moment(density, 0);
    found.times.push_back(schedule.time(n));
    found.mean.push_back(mean);
    found.variance.push_back(second_moment(density) - mean * mean);
    if (schedule.is_output(n)) found.densities.push_back(density);
    if (n == schedule.steps) return found;
    propagator->advance(masses, n);
  }
}

}  // namespace feller
