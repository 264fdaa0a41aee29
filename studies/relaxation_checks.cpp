#include "studies/relaxation_checks.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "solvers/spectrum.hpp"

namespace feller {
namespace {

constexpr double round_off = std::numeric_limits<double>::epsilon();

}  // namespace

RelaxationChecks::RelaxationChecks(const Evolution& evolution, const Schedule& schedule,
                                   double tolerance, std::string channel, bool is_image)
    : evolution_{evolution},
      schedule_{schedule},
      tolerance_{tolerance},
      channel_{std::move(channel)},
      is_image_{is_image} {}

Checks RelaxationChecks::always() const {
  Checks checks{mass(), positivity(), monotonicity(), stationarity()};
  if (iterative()) checks.push_back(lost_mass());
  return checks;
}

Check RelaxationChecks::mass() const {
  return {.name = named("mass"),
          .claim = "largest relative change of the mass: columns of A sum to 0",
          .measured = evolution_.extremes().mass_defect,
          .bound = 1e-12};
}

Check RelaxationChecks::positivity() const {
  const bool strictly = evolution_.initial("minimum") > 0 && is_image_;
  const double exact = 0;
  const double slack =
      solver_error() * evolution_.initial("mass") / evolution_.state().grid().volume();
  return {.name = named("positivity"),
          .claim = "smallest value of all steps: (I - tau A)^-1 is non-negative",
          .measured = evolution_.extremes().least,
          .relation = strictly ? Relation::greater : Relation::at_least,
          .bound = iterative() && !strictly ? -slack : exact};
}

Check RelaxationChecks::monotonicity() const {
  // Rounding of the sum, and what an error of the solver can move: |e|_1 max|ln(u/w)|.
  const double size = std::abs(evolution_.initial("relative_entropy"));
  const double logs = std::abs(std::log(evolution_.initial("maximum"))) + 1;
  const double moved = evolution_.initial("mass") * logs;
  const double slack = 10 * round_off * (size + moved) + solver_error() * moved;
  const auto& extremes = evolution_.extremes();
  if (is_image_) {
    return {.name = named("lyapunov"),
            .claim = fmt::format("smallest step of L(t), Peter 2023 eq. (28), which increases; at "
                                 "step {}",
                                 extremes.entropy_rise_step),
            .measured = -extremes.entropy_rise,
            .relation = Relation::at_least,
            .bound = -slack};
  }
  return {.name = named("relative_entropy"),
          .claim = fmt::format("largest step of KL(u|w), which decreases; at step {}",
                               extremes.entropy_rise_step),
          .measured = extremes.entropy_rise,
          .bound = slack};
}

Check RelaxationChecks::stationarity() const {
  return {.name = named("steady_state"),
          .claim = fmt::format("|A w|_1 / (max|a_ii| |w|_1), w by {}", evolution_.steady().how),
          .measured = stationarity_defect(evolution_.generator(), evolution_.steady().density),
          .bound = 1e-13};
}

Check RelaxationChecks::lost_mass() const {
  return {.name = named("solver_mass"),
          .claim =
              "largest mass lost by one solve, relative, before it was restored: sqrt(N) "
              "times the tolerance",
          .measured = evolution_.extremes().krylov_defect,
          .bound = solver_error() + 10 * round_off};
}

bool RelaxationChecks::gap_is_affordable() const {
  return evolution_.generator().reversible() && factors_fit(evolution_.generator().grid());
}

Check RelaxationChecks::decay() const {
  const double gap = spectral_gap(evolution_.generator());
  const double start = std::sqrt(evolution_.initial("chi_square"));
  const double end = std::sqrt(chi_square(evolution_.state(), evolution_.steady().log_density));
  const double factor = std::exp(-schedule_.steps * std::log1p(schedule_.step * gap));
  const double slack = schedule_.steps * (solver_chi_error() / start + 10 * round_off);
  return {.name = named("decay"),
          .claim = fmt::format("sqrt chi-square to w at the end, over that at the start: at most "
                               "(1 + tau gap)^-n, gap = {:.6g}",
                               gap),
          .measured = end / start,
          .bound = factor + slack};
}

bool RelaxationChecks::iterative() const {
  return evolution_.propagator().is_iterative();
}

double RelaxationChecks::solver_error() const {
  if (!iterative()) return 0;
  return std::sqrt(static_cast<double>(evolution_.state().grid().cells())) * tolerance_;
}

double RelaxationChecks::solver_chi_error() const {
  if (!iterative()) return 0;
  double norm = 0;
  check(VecNorm(evolution_.state().vector(), NORM_2, &norm));
  const double volume = evolution_.state().grid().volume();
  return tolerance_ * norm * std::sqrt(volume / least(evolution_.steady().density));
}

std::string RelaxationChecks::named(const std::string& name) const {
  return channel_.empty() ? name : name + "_" + channel_;
}

}  // namespace feller
