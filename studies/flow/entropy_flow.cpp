#include "studies/flow/entropy_flow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/check.hpp"
#include "solvers/functionals.hpp"
#include "solvers/integral.hpp"
#include "studies/flow/evolution.hpp"
#include "studies/flow/propagation.hpp"

namespace feller {
namespace {

/// What a handful of roundings of a number of size 1 amount to.
constexpr double round_off = 10 * std::numeric_limits<double>::epsilon();

Field logarithm(const Field& field) {
  return transformed(field, [](double x) { return std::log(x); });
}

}  // namespace

Place lowest(const Field& field) {
  const Grid& grid = field.grid();
  const double value = least(field);
  double number = HUGE_VAL;
  auto here = field.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    if (*here++ == value) number = std::min(number, static_cast<double>(grid.natural(cell)));
  });
  number = minimum(grid.comm(), number);
  Place place{value, {HUGE_VAL, HUGE_VAL, HUGE_VAL}};
  for_each(grid.owned(), [&](const Index& cell) {
    if (static_cast<double>(grid.natural(cell)) == number) place.point = grid.centre(cell);
  });
  for (double& coordinate : place.point) coordinate = minimum(grid.comm(), coordinate);
  return place;
}

EntropyFlow::EntropyFlow(const Problem& problem, int channel, const std::string& method,
                         double step, const SolverOptions& options, Start start)
    : problem_{problem},
      channel_{channel},
      generator_{problem.generator(channel)},
      propagator_{propagator_of(problem, channel, generator_, method, step, options)},
      state_{std::move(start.u)},
      second_{std::move(start.second)},
      log_beside_{second_ ? logarithm(*second_) : std::move(start.log_stationary).value()},
      mass_{feller::mass(state_)},
      mass_now_{mass_} {
  // The one method of order 1 that is positive for every step.
  euler_ = propagator_->order() == 1 && std::isinf(propagator_->positive_up_to());
  if (second_ && !propagator_->memory().empty()) {
    second_propagator_ = propagator_of(problem, channel, generator_, method, step, options);
  }
  see_state();
}

void EntropyFlow::watch(std::string name, std::unique_ptr<PhiEntropy> entropy) {
  EntropyTrack track{.name = std::move(name), .entropy = std::move(entropy)};
  track.value = divergence(*track.entropy, state_, log_beside_);
  if (std::isfinite(track.value)) track.scale = track.value;
  tracks_.push_back(std::move(track));
}

void EntropyFlow::move(Field& density, Propagator& propagator) {
  Field masses = masses_of(std::move(density));
  last_solve_ = propagator.advance(masses, steps_);
  density = densities_of(std::move(masses));
}

void EntropyFlow::advance() {
  const Field before{state_}, log_before{log_beside_};
  try {
    move_both();
  } catch (const LibraryError&) {
    throw;
  } catch (const SolverError& error) {
    throw SolverError(fmt::format("step {}, time {:g}: {}", steps_ + 1,
                                  (steps_ + 1) * propagator_->step(), error.what()));
  }
  if (problem_.depends_on_time()) {
    latest_.emplace(problem_.generator(channel_, (steps_ + 0.5) * propagator_->step()));
  }
  ++steps_;
  see_state();
  compare_entropies(before, log_before);
}

void EntropyFlow::move_both() {
  move(state_, *propagator_);
  if (!second_) return;
  const double residual = last_solve_.residual;
  move(*second_, second_propagator_ ? *second_propagator_ : *propagator_);
  log_beside_ = logarithm(*second_);
  raise(last_solve_.residual, residual);
}

void EntropyFlow::compare_entropies(const Field& before, const Field& log_before) {
  std::optional<Beside> after;
  std::optional<EulerStep> identity;
  if (euler_) {
    after.emplace(state_, log_beside_);
    identity.emplace(latest_generator(), propagator_->step(), before, log_before, state_,
                     log_beside_, *after);
  }
  for (auto& track : tracks_) {
    const double old = track.value;
    track.value = divergence(*track.entropy, state_, log_beside_);
    if (std::isfinite(track.value)) track.scale = std::max(track.scale, track.value);
    double allowed = rounding(*track.entropy);
    if (identity) {
      const auto loss = identity->loss(*track.entropy);
      compare(track, old, loss);
      allowed += loss.residual;
    }
    judge(track, old, allowed);
  }
}

void EntropyFlow::see_state() {
  least_now_ = lowest(state_);
  if (lower(extremes_.least.value, least_now_.value)) {
    extremes_.least = least_now_;
    extremes_.least_step = steps_;
  }
  mass_now_ = feller::mass(state_);
  raise(extremes_.mass_defect, std::abs(mass_now_ / mass_ - 1));
  raise(extremes_.residual, last_solve_.residual);
  extremes_.error_l1 += last_solve_.residual * mass_;
}

/// What relative errors of each value can change: those of the steps, where they are not known from
/// residuals, and of the logarithms.
double EntropyFlow::rounding(const PhiEntropy& entropy) const {
  const double of_step =
      euler_ ? 1 : 1 + 2 * propagator_->stiffness() + last_solve_.residual / round_off;
  auto log_w = log_beside_.values().begin();
  const auto share = [&](double u) {
    const double l = *log_w++;
    if (!(u > 0)) return 0.0;
    const double log_x = std::log(u) - l;
    const double error = round_off * (of_step + std::abs(l));
    const double first =
        std::abs(entropy.slope(log_x)) * u + std::abs(entropy.intercept(log_x)) * std::exp(l);
    return std::isfinite(first) ? error * (first + error * (u + std::exp(l))) : 0.0;
  };
  return integral(state_, share);
}

void EntropyFlow::judge(EntropyTrack& track, double before, double allowed) {
  if (std::isinf(before) && !std::isnan(track.value)) return;  // no less than infinity is no rise
  ++track.finite;
  const double rise = track.value - before;
  if (raise(track.worst.beyond, rise - allowed)) {
    track.worst = {rise - allowed, rise, allowed, steps_, least_now_};
  }
}

void EntropyFlow::compare(EntropyTrack& track, double before, const EulerStep::Loss& loss) {
  track.loss = propagator_->step() * loss.production + loss.in_time;
  track.defect = 0;
  if (std::isinf(before) && !std::isnan(track.value)) return;
  const double scale = std::max(track.scale, std::numeric_limits<double>::min());
  track.defect = std::abs(before - track.value - track.loss) / scale;
  const double allowed = loss.residual / scale;
  auto& worst = track.identity;
  const double beyond = track.defect - allowed - EntropyTrack::Defect::round_off;
  if (raise(worst.beyond, beyond) || (beyond <= 0 && raise(worst.defect, track.defect))) {
    worst = {std::max(beyond, worst.beyond), track.defect, allowed, steps_};
  }
}

}  // namespace feller
