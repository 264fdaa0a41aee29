#include "studies/flow/relaxation_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "solvers/eigenmodes.hpp"

namespace feller {
namespace {

/// What a handful of roundings of a number of size 1 amount to.
constexpr double round_off = 10 * std::numeric_limits<double>::epsilon();

}  // namespace

RelaxationChecks::RelaxationChecks(const Evolution& evolution, const Schedule& schedule,
                                   double tolerance, std::string channel, bool strictly_positive)
    : evolution_{evolution},
      schedule_{schedule},
      tolerance_{tolerance},
      channel_{std::move(channel)},
      strictly_positive_{strictly_positive} {}

Checks RelaxationChecks::always() const {
  Checks checks;
  if (const auto balance = mass()) checks.push_back(*balance);
  if (guaranteed()) checks.push_back(positivity());
  if (guaranteed() && relaxes() && has_entropy()) checks.push_back(monotonicity());
  if (evolution_.steady() != nullptr) checks.push_back(stationarity());
  if (evolution_.propagator().order() != Propagator::exact) checks.push_back(residuals());
  return checks;
}

std::optional<std::string> RelaxationChecks::left_out() const {
  const auto& extremes = evolution_.extremes();
  const std::string channel = channel_.empty() ? "" : channel_ + ": ";
  if (guaranteed()) {
    if (!relaxes() || has_entropy()) return std::nullopt;
    return fmt::format(
        "{}decay of entropy: not checked, there is none with the smallest value {:.3g}", channel,
        extremes.least);
  }
  const std::string why =
      evolution_.propagator().truncation() > 0
          ? "not guaranteed up to an error in time"
          : fmt::format("guaranteed for tau max|a_ii| <= {:.3g}, here it is {:.3g}",
                        evolution_.propagator().positive_up_to(), stiffness());
  return fmt::format(
      "{}positivity and decay of entropy are {}: not checked. Smallest value {:.3g}, largest step "
      "of "
      "KL {:.3g} at step {}",
      channel, why, extremes.least, extremes.entropy_rise, extremes.entropy_rise_step);
}

/// KL is defined for what is not negative, not even by round-off.
bool RelaxationChecks::has_entropy() const {
  return evolution_.extremes().least >= 0 || !evolution_.generator().is_markov();
}

/// An exact exponential has these properties up to the round-off that it reports.
bool RelaxationChecks::guaranteed() const {
  const Propagator& propagator = evolution_.propagator();
  if (!evolution_.generator().is_markov()) return true;  // to be seen to fail
  if (stiffness() <= propagator.positive_up_to()) return true;
  return propagator.order() == Propagator::exact && propagator.truncation() == 0;
}

double RelaxationChecks::stiffness() const {
  return evolution_.propagator().stiffness();
}

/// Entropies decay towards a steady state that is reached without gain or loss of mass.
bool RelaxationChecks::relaxes() const {
  return evolution_.steady() != nullptr && evolution_.generator().conserves_mass();
}

std::optional<Check> RelaxationChecks::mass() const {
  if (evolution_.generator().has_source()) return std::nullopt;
  if (!evolution_.generator().conserves_mass()) {
    if (!guaranteed()) return std::nullopt;
    return Check{.name = named("survival"),
                 .claim =
                     "largest rise of the mass in a step, relative to the start: what is "
                     "absorbed does not come back",
                 .measured = evolution_.extremes().mass_rise,
                 .bound = round_off + evolution_.extremes().residual};
  }
  return Check{.name = named("mass"),
               .claim =
                   "largest relative change of the mass: columns of A sum to 0, up to 1e-13 "
                   "per unit of time and the rounding of each step",
               .measured = evolution_.extremes().mass_defect,
               .bound = schedule_.mass_bound(),
               .statement = evolution_.is_image() ? "V11" : ""};
}

Check RelaxationChecks::positivity() const {
  // An iterative solver is positive up to its error, all of which may lie in one cell.
  const bool exact = strictly_positive_ || (!evolution_.propagator().is_iterative() &&
                                            !evolution_.generator().has_source());
  const double slack = evolution_.extremes().error_l1 / evolution_.state().grid().smallest_volume();
  return {.name = named("positivity"),
          .claim = "smallest value of all steps: the propagator is non-negative",
          .measured = evolution_.extremes().least,
          .relation = strictly_positive_ ? Relation::greater : Relation::at_least,
          .bound = exact ? 0 : -slack};
}

Check RelaxationChecks::monotonicity() const {
  // Rounding of the sum, and what a solver's error e can move: |e|_1 max|ln(u/w)|.
  const auto& extremes = evolution_.extremes();
  const double size = evolution_.initial("mass") * (1 + extremes.log_ratio);
  // A truncated uniformization is a Markov matrix itself.
  const double error = extremes.residual - evolution_.propagator().truncation();
  const double slack = (round_off + std::max(0.0, error)) * size;
  if (evolution_.is_image()) {
    return {.name = named("lyapunov"),
            .claim = fmt::format("smallest step of L(t), Peter 2023 eq. (28), which increases; at "
                                 "step {}",
                                 extremes.entropy_rise_step),
            .measured = -extremes.entropy_rise,
            .relation = Relation::at_least,
            .bound = -slack,
            .statement = "V11"};
  }
  return {.name = named("relative_entropy"),
          .claim = fmt::format("largest step of KL(u|w), which decreases; at step {}",
                               extremes.entropy_rise_step),
          .measured = extremes.entropy_rise,
          .bound = slack,
          .statement = "V4"};
}

Check RelaxationChecks::stationarity() const {
  return {.name = named("steady_state"),
          .claim = fmt::format("|A w|_1 / (max|a_ii| |w|_1), w by {}", evolution_.steady()->how),
          .measured = stationarity_defect(evolution_.generator(), evolution_.steady()->density),
          .bound = 1e-13};
}

Check RelaxationChecks::residuals() const {
  const auto cells = static_cast<double>(evolution_.state().grid().cells());
  const double tolerance =
      evolution_.propagator().is_iterative() ? std::sqrt(cells) * tolerance_ : 0;
  return {.name = named("solver"),
          .claim =
              "largest |b - (I - tau A) x|_1 / |b|_1 of all solves, before lost mass was "
              "restored: tolerance and round-off",
          .measured = evolution_.extremes().worst_solve,
          .bound = tolerance + round_off * (1 + 2 * stiffness())};
}

std::optional<Check> RelaxationChecks::decay() const {
  if (!relaxes()) return std::nullopt;
  const double start = std::sqrt(evolution_.initial("chi_square"));
  if (!std::isfinite(start) || !std::isfinite(evolution_.extremes().error_chi)) return std::nullopt;
  const double top = 2 * evolution_.generator().largest_outflow();  // Gershgorin
  if (!std::isfinite(evolution_.propagator().contraction(0, top))) return std::nullopt;
  const double gap = spectral_gap(evolution_.generator());
  const double contraction = evolution_.propagator().contraction(gap, top);
  const double end = std::sqrt(chi_square(evolution_.state(), evolution_.steady()->log_density));
  const double factor = std::exp(schedule_.steps * std::log(contraction));
  // Rounding of the state, seen as a distance; steps add theirs, but do not enlarge it.
  const double size = std::sqrt(evolution_.initial("mass") + start * start);
  const double rounding = 10 * round_off * size * std::sqrt(schedule_.steps);
  return Check{
      .name = named("decay"),
      .claim = fmt::format("sqrt chi-square to w at the end: at most that at the start, "
                           "{:.4g}, times the propagator's contraction {:.6g} a step, gap = "
                           "{:.6g}",
                           start, contraction, gap),
      .measured = end,
      .bound = factor * start + evolution_.extremes().error_chi + rounding};
}

std::string RelaxationChecks::named(const std::string& name) const {
  return channel_.empty() ? name : name + "_" + channel_;
}

}  // namespace feller
