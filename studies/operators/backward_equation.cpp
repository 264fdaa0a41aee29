#include "studies/operators/backward_equation.hpp"

#include <cmath>

#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"

namespace feller {
namespace {

std::unique_ptr<Propagator> propagator_of(const Generator& generator, const std::string& method,
                                          const Schedule& schedule) {
  return make_propagator(method, generator, schedule.step,
                         {.keep_positive = true, .solves = schedule.steps});
}

double dot(const Field& a, const Field& b) {
  double product = 0;
  check(VecDot(a.vector(), b.vector(), &product));
  return product;
}

Field sizes(const Field& field) {
  return transformed(field, [](double value) { return std::abs(value); });
}

double largest_within(const Field& field, double reach) {
  double most = 0;
  const Grid& grid = field.grid();
  for_each(grid.owned(), [&](const Index& cell) {
    if (std::abs(grid.centre(cell)[0]) <= reach) most = std::max(most, std::abs(field[cell]));
  });
  return maximum(grid.comm(), most);
}

}  // namespace

double duality_defect(const Generator& generator, const Field& initial, const Field& terminal,
                      const std::string& method, const Schedule& schedule) {
  const auto propagator = propagator_of(generator, method, schedule);
  const Field start = masses_of(initial);
  Field masses = start;
  for (int n = 0; n < schedule.steps; ++n) propagator->advance(masses, n);
  const Field g = carried_back(generator, terminal, method, schedule).back();
  return std::abs(dot(terminal, masses) - dot(g, start)) / dot(sizes(terminal), sizes(masses));
}

std::vector<Field> carried_back(const Generator& generator, Field terminal,
                                const std::string& method, const Schedule& schedule) {
  const auto propagator = propagator_of(generator, method, schedule);
  std::vector<Field> states{terminal};
  for (int n = schedule.steps - 1; n >= 0; --n) {
    propagator->advance_backward(terminal, n);
    states.push_back(terminal);
  }
  return states;
}

Residuals transition_residuals(const Generator& generator,
                               const OrnsteinUhlenbeckTransition& transition, double y, double s,
                               double reach) {
  const Grid& grid = generator.grid();
  const auto sampled = [&](double OrnsteinUhlenbeckTransition::Density::*part) {
    return fill(grid, [&](const Index& cell) {
      return transition.density(y, s, grid.centre(cell)[0]).*part;
    });
  };
  const Field in_time = sampled(&OrnsteinUhlenbeckTransition::Density::in_time);
  Field corrected = generator.apply_backward(sampled(&OrnsteinUhlenbeckTransition::Density::value));
  Field printed = corrected;
  check(VecAXPY(corrected.vector(), -1, in_time.vector()));
  check(VecAXPY(printed.vector(), 1, in_time.vector()));
  return {grid.axis(0).width(0), largest_within(corrected, reach), largest_within(printed, reach)};
}

}  // namespace feller
