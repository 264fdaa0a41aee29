#include "studies/flow/evolution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "io/check.hpp"
#include "studies/flow/propagation.hpp"

namespace feller {

std::optional<SteadyState> steady_state_of(const Problem& problem, int channel,
                                           const Generator& generator,
                                           const SolverOptions& options) {
  if (problem.depends_on_time() || !has_steady_state(generator)) return std::nullopt;
  const Field start = problem.initial(channel);
  auto known = problem.stationary(channel);
  if (known && !generator.reversible()) return scaled(std::move(*known), mass(start));
  return steady_state(generator, start, options);
}

Evolution::Evolution(const Problem& problem, int channel, double step, const std::string& method,
                     const SolverOptions& options, double tolerance)
    : is_image_{problem.quantity().is_image},
      generator_{problem.generator(channel)},
      steady_{steady_state_of(problem, channel, generator_, options)},
      propagator_{propagator_of(problem, channel, generator_, method, step, options, tolerance)},
      state_{problem.initial(channel)},
      masses_{masses_of(state_)} {
  for (const auto& f : functionals()) initial_[f.name] = value_of(f);
  now_ = initial_;
  extremes_.least = initial_.at("minimum");
  extremes_.entropy_rise = -std::numeric_limits<double>::infinity();
  extremes_.mass_rise = extremes_.entropy_rise;
  if (steady_) extremes_.log_ratio = largest_log_ratio(state_, steady_->log_density);
  entropy_before_ = initial_.at("relative_entropy");
  mass_before_ = initial_.at("mass");
}

double Evolution::value_of(const Functional& functional) const {
  if (!functional.relative) return functional.value(state_, state_);
  if (!steady_) return std::numeric_limits<double>::quiet_NaN();
  return functional.value(state_, steady_->log_density);
}

void Evolution::advance() {
  now_.clear();
  try {
    last_solve_ = propagator_->advance(masses_, steps_++);
    state_ = densities_of(masses_);
  } catch (const LibraryError&) {
    throw;
  } catch (const SolverError& error) {
    throw SolverError(
        fmt::format("step {}, time {:g}: {}", steps_, steps_ * propagator_->step(), error.what()));
  }
}

double Evolution::operator()(std::string_view functional) {
  const auto found = now_.find(functional);
  if (found != now_.end()) return found->second;
  const auto all = functionals();
  const auto entry = std::ranges::find(all, functional, &Functional::name);
  if (entry == all.end()) throw std::invalid_argument("no such functional");
  return now_[entry->name] = value_of(*entry);
}

void Evolution::look() {
  const double total = initial("mass");
  raise(extremes_.mass_defect, std::abs((*this)("mass") / total - 1));
  raise(extremes_.residual, last_solve_.residual);
  raise(extremes_.worst_solve, last_solve_.worst);
  extremes_.error_l1 += last_solve_.residual * total;
  extremes_.error_chi += solver_error_chi();
  lower(extremes_.least, (*this)("minimum"));
  raise(extremes_.mass_rise, ((*this)("mass") - mass_before_) / total);
  mass_before_ = (*this)("mass");
  if (!steady_) return;
  if (steps_ == 1) raise(extremes_.log_ratio, largest_log_ratio(state_, steady_->log_density));
  const double entropy = (*this)("relative_entropy");
  const double rise = entropy - entropy_before_;
  if (raise(extremes_.entropy_rise, rise)) extremes_.entropy_rise_step = steps_;
  entropy_before_ = entropy;
}

void Evolution::keep(KeptState& state, const std::string& suffix) {
  const auto add = [&](const std::string& name, auto& home) { state.add(name + suffix, home); };
  add("masses", masses_);
  int number = 0;
  for (Field* field : propagator_->memory()) add(fmt::format("memory {}", number++), *field);
  number = 0;
  for (double* value : propagator_->gathered()) add(fmt::format("gathered {}", number++), *value);
  add("steps", steps_);
  add("entropy before", entropy_before_);
  add("mass before", mass_before_);
  add("mass defect", extremes_.mass_defect);
  add("mass rise", extremes_.mass_rise);
  add("residual", extremes_.residual);
  add("worst solve", extremes_.worst_solve);
  add("error l1", extremes_.error_l1);
  add("error chi", extremes_.error_chi);
  add("least", extremes_.least);
  add("entropy rise", extremes_.entropy_rise);
  add("entropy rise step", extremes_.entropy_rise_step);
  add("log ratio", extremes_.log_ratio);
  state.on_restore([this] {
    now_.clear();
    state_ = densities_of(masses_);
  });
}

/// Residual and restored mass of the last solve in the norm int e^2 / w, in which a step contracts.
double Evolution::solver_error_chi() const {
  if (!generator_.reversible() || !steady_) return 0;
  // Masses of w are pi times the largest of them, as max pi = 1.
  const double scale = 1 / std::sqrt(largest(masses_of(steady_->density)));
  const double residual = last_solve_.residual_chi * scale;
  const double size = std::sqrt(chi_square(state_, steady_->log_density) + initial("mass"));
  return residual + last_solve_.mass_defect * size;
}

void try_in_time(const Problem& problem, const Schedule& schedule) {
  if (!problem.depends_on_time()) return;
  const int tries = std::min(schedule.steps, 16);
  for (int i = 0; i < tries; ++i) {
    // From the first step to the last.
    const int n =
        tries == 1 ? 0 : static_cast<int>(std::int64_t{i} * (schedule.steps - 1) / (tries - 1));
    problem.rates(0, schedule.time(n) + schedule.step / 2);
  }
}

Evolutions evolutions(const Problem& problem, const Schedule& schedule, const std::string& method,
                      SolverOptions options) {
  options.solves = schedule.steps;
  options.keep_positive = !problem.quantity().is_image;
  try_in_time(problem, schedule);
  Evolutions all;
  for (int c = 0; c < static_cast<int>(problem.channels().size()); ++c) {
    all.push_back(std::make_unique<Evolution>(problem, c, schedule.step, method, options,
                                              schedule.tolerance));
  }
  return all;
}

double error_against_exact(const Problem& problem, const Evolutions& all, double time) {
  double error = 0;
  for (std::size_t c = 0; c < all.size(); ++c) {
    error += l1_distance(all[c]->state(), *problem.exact(static_cast<int>(c), time));
  }
  return error;
}

}  // namespace feller
