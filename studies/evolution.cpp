#include "studies/evolution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "solvers/implicit_euler.hpp"

namespace feller {
namespace {

std::unique_ptr<Propagator> make_propagator(const std::string& method, const Generator& generator,
                                            double step, const SolverOptions& options) {
  if (method == "implicit_euler") return std::make_unique<ImplicitEuler>(generator, step, options);
  throw std::invalid_argument("no such propagator: " + method);
}

SteadyState steady_state_of(const Problem& problem, int channel, const Generator& generator,
                            const SolverOptions& options) {
  const double total = mass(problem.initial(channel));
  auto known = problem.stationary(channel);
  if (known && !generator.reversible()) return scaled(std::move(*known), total);
  return steady_state(generator, total, options);
}

}  // namespace

Evolution::Evolution(const Problem& problem, int channel, double step, const std::string& method,
                     const SolverOptions& options)
    : generator_{problem.rates(channel), problem.log_weight(channel)},
      steady_{steady_state_of(problem, channel, generator_, options)},
      propagator_{make_propagator(method, generator_, step, options)},
      state_{problem.initial(channel)} {
  for (const auto& f : functionals()) initial_[f.name] = f.value(state_, steady_.log_density);
  now_ = initial_;
  extremes_.least = initial_.at("minimum");
  extremes_.entropy_rise = -std::numeric_limits<double>::infinity();
  entropy_before_ = initial_.at("relative_entropy");
}

void Evolution::advance() {
  now_.clear();
  ++steps_;
  try {
    last_solve_ = propagator_->advance(state_);
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
  return now_[entry->name] = entry->value(state_, steady_.log_density);
}

void Evolution::look() {
  const double moved = std::abs((*this)("mass") / initial("mass") - 1);
  extremes_.mass_defect = std::max(extremes_.mass_defect, moved);
  extremes_.krylov_defect = std::max(extremes_.krylov_defect, last_solve_.mass_defect);
  extremes_.least = std::min(extremes_.least, (*this)("minimum"));
  extremes_.iterations += last_solve_.iterations;
  const double entropy = (*this)("relative_entropy");
  const double rise = entropy - entropy_before_;
  // Written so that NaN, too, counts as the worst.
  if (!(rise <= extremes_.entropy_rise)) {
    extremes_.entropy_rise = rise;
    extremes_.entropy_rise_step = steps_;
  }
  entropy_before_ = entropy;
}

std::vector<std::unique_ptr<Evolution>> evolutions(const Problem& problem, const Schedule& schedule,
                                                   const std::string& method,
                                                   SolverOptions options) {
  options.solves = schedule.steps;
  options.keep_positive = !problem.quantity().is_image;
  std::vector<std::unique_ptr<Evolution>> all;
  for (int c = 0; c < static_cast<int>(problem.channels().size()); ++c) {
    all.push_back(std::make_unique<Evolution>(problem, c, schedule.step, method, options));
  }
  return all;
}

}  // namespace feller
