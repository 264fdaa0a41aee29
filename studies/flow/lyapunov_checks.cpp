#include "studies/flow/lyapunov_checks.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solvers/eigenmodes.hpp"
#include "solvers/reversal.hpp"

namespace feller {

LyapunovChecks::LyapunovChecks(const EntropyFlow& flow, const DecayWatch& decay,
                               const Schedule& schedule, std::string channel)
    : flow_{flow}, decay_{decay}, schedule_{schedule}, channel_{std::move(channel)} {}

Checks LyapunovChecks::always() const {
  Checks checks;
  if (flow_.generator().conserves_mass()) checks.push_back(mass());
  checks.push_back(positivity());
  for (const auto& track : flow_.tracks()) {
    if (track.finite > 0) checks.push_back(decrease(track));
  }
  if (!flow_.has_identity()) return checks;
  for (const auto& track : flow_.tracks()) {
    if (track.finite > 0) checks.push_back(identity(track));
  }
  return checks;
}

Check LyapunovChecks::mass() const {
  return {.name = named("mass"),
          .claim = "largest relative change of the mass: columns of A sum to 0",
          .measured = flow_.extremes().mass_defect,
          .bound = schedule_.mass_bound()};
}

Check LyapunovChecks::positivity() const {
  const auto& extremes = flow_.extremes();
  // An iterative solver is positive up to its error, all of which may lie in one cell.
  const bool exact = !flow_.propagator().is_iterative() && !flow_.generator().has_source();
  return {.name = named("positivity"),
          .claim = fmt::format("smallest value of all steps, {}{}",
                               where(extremes.least_step, extremes.least), guarantee()),
          .measured = extremes.least.value,
          .relation = Relation::at_least,
          .bound = exact ? 0 : -extremes.error_l1 / flow_.state().grid().smallest_volume()};
}

Check LyapunovChecks::decrease(const EntropyTrack& track) const {
  const auto& worst = track.worst;
  const std::string symbol{phi_entropy(track.name).symbol};
  const double time = worst.step * flow_.propagator().step();
  const std::string claim =
      std::isnan(worst.rise)
          ? fmt::format(
                "largest step of {}, which is undefined from step {} on, t = {:g}: there "
                "the smallest value is {:.3g}, at {}{}",
                symbol, worst.step, time, worst.least.value,
                flow_.state().grid().describe(worst.least.point), guarantee())
          : fmt::format("largest step of {}, which decreases; at step {}, t = {:g}{}", symbol,
                        worst.step, time, guarantee());
  return {.name = named(track.name),
          .claim = claim,
          .measured = worst.rise,
          .bound = worst.allowed,
          .statement = flow_.second() == nullptr ? "V4" : ""};
}

Check LyapunovChecks::identity(const EntropyTrack& track) const {
  return {.name = named("identity_" + track.name),
          .claim = fmt::format("largest |loss of {} in a step - loss by its jumps and in time|, "
                               "relative to its largest value, {:.4g}; at step {}",
                               phi_entropy(track.name).symbol, track.scale, track.identity.step),
          .measured = track.identity.defect,
          .bound = EntropyTrack::Defect::round_off + track.identity.allowed};
}

LyapunovChecks::Decay LyapunovChecks::decay() const {
  const Generator& generator = flow_.generator();
  const Propagator& propagator = flow_.propagator();
  const double late = decay_.chi_square().rate();
  if (!generator.conserves_mass() || !generator.is_markov()) {
    return {.words = "left out, mass is not conserved by rates >= 0"};
  }
  if (!factors_fit(generator.grid())) {
    return {.words = "left out, its factorisation would not fit"};
  }
  const bool exact = propagator.order() == Propagator::exact;
  double gap = 0;
  try {
    const Field log_masses = fill(generator.grid(), [&](const Index& cell) {
      return flow_.log_beside()[cell] + std::log(generator.grid().volume(cell));
    });
    gap = generator.reversible() ? spectral_gap(generator)
                                 : spectral_gap(reversible_half(generator, log_masses));
  } catch (const SolverError& error) {
    return {.words = fmt::format("left out, {}", error.what())};
  }
  if (!generator.reversible() && !exact && !flow_.has_identity()) {
    return {.words = "no bound for this method without detailed balance", .gap = gap};
  }
  const double contraction = propagator.contraction(gap, 2 * generator.largest_outflow());
  if (!std::isfinite(contraction)) return {.words = "this method has no bound", .gap = gap};
  if (std::isnan(late)) {
    return {.words = "too few steps before round-off to fit a rate", .gap = gap};
  }
  // The slope is wrong by this if the values at the ends are, by a thousandth.
  const double slack = 1e-3 / decay_.chi_square().window();
  return {
      .check = Check{.name = named("decay"),
                     .claim = fmt::format(
                         "late rate of chi-square (of KL: {:.6g}), against the propagator's for "
                         "gap = {:.6g}{}, i.e. 2 gap = {:.6g} as the step goes to 0",
                         decay_.relative_entropy().rate(), gap,
                         generator.reversible() ? "" : " of the reversible half", 2 * gap),
                     .measured = late,
                     .relation = Relation::at_least,
                     .bound = -2 * std::log(contraction) / propagator.step() - slack},
      .gap = gap};
}

Check LyapunovChecks::log_sobolev(double constant, double gap) const {
  const double of_grid = gap > 0 ? std::max(1.0, constant / gap) : 1;
  return {
      .name = named("log_sobolev"),
      .claim = fmt::format("largest 2 KL lambda / I, at t = {:g}, with lambda = {:g}; the grid's "
                           "gap is {:.6g}",
                           decay_.largest_ratio_time(), constant, gap),
      .measured = decay_.largest_ratio() * constant,
      .bound = of_grid * (1 + 1e-8),
      .statement = "V4"};
}

/// Empty where positivity and decrease are theorems.
std::string LyapunovChecks::guarantee() const {
  const Propagator& propagator = flow_.propagator();
  if (!flow_.generator().is_markov()) return " (rates are negative: nothing is guaranteed)";
  if (propagator.stiffness() <= propagator.positive_up_to()) return "";
  return fmt::format(" (not guaranteed: tau max|a_ii| = {:.3g} > {:.3g})", propagator.stiffness(),
                     propagator.positive_up_to());
}

std::string LyapunovChecks::where(int step, const Place& place) const {
  return fmt::format("at step {}, t = {:g}, {}", step, step * flow_.propagator().step(),
                     flow_.state().grid().describe(place.point));
}

std::string LyapunovChecks::named(const std::string& name) const {
  return channel_.empty() ? name : name + "_" + channel_;
}

}  // namespace feller
