#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/chain/normal_scores.hpp"
#include "studies/score/space_information.hpp"

namespace feller {
namespace {

/// Where the normal law leaves nothing to sample but round-off.
constexpr double round_off = 1e-11;

double in_errors(double distance, double error) {
  return std::abs(distance) / (error + round_off);
}

/// `tolerance`: of the claim whose control this is.
Check refuted(std::string name, std::string claim, double measured, double tolerance) {
  return {.name = std::move(name),
          .claim = std::move(claim),
          .measured = measured,
          .relation = Relation::greater,
          .bound = 10 * tolerance,
          .is_control = true,
          .statement = "V15"};
}

/// Whether a wrong factor of what is so many standard errors away from 0 can be told by a control
/// of this tolerance, chance left aside.
bool can_tell(double errors, double tolerance) {
  return errors > 12 * tolerance;
}

Check within(std::string name, std::string claim, double measured, double bound) {
  return {.name = std::move(name),
          .claim = std::move(claim),
          .measured = measured,
          .bound = bound,
          .statement = "V15"};
}

Check normal_check(SpacePopulation& population, const SpaceInformation& information) {
  double worst = 0;
  for (const auto& total : information.totals) {
    const double excess = total.plain.value - population.normal_information(total.t);
    raise(worst, excess / (total.plain.error + round_off));
  }
  return within(
      "normal_bound",
      "I(y; z(t)) <= 1/2 sum ln(1 + v_a/t), what a normal law with these variances knows: "
      "largest excess over all levels, in standard errors",
      worst, worst_of(static_cast<double>(information.totals.size())));
}

Check tail_check(SpacePopulation& population, const SpaceInformation& information) {
  const double v = population.total_variance();
  const auto& total = information.at(100 * v);
  const double bound = population.fourth_moment() / (4 * total.t * total.t);
  const double apart = std::abs(total.controlled.value - v / (2 * total.t));
  return within("tail",
                fmt::format("|I(y; z(T)) - tr Cov(y)/(2T)|, T = {:.3g}, over its bound E|y - "
                            "Ey|^4/(4 T^2) and 4 standard errors",
                            total.t),
                apart / (bound + 4 * total.controlled.error), 1);
}

Checks discrete_checks(SpacePopulation& population, const SpaceInformation& information,
                       const DiscreteLaw& law) {
  const auto& first = information.totals.front();
  const double entropy = law.entropy(), left = law.left_bound(first.t);
  Checks checks{within(
      "discrete",
      fmt::format("|I(y; z(t)) - H(P)| at t = {:g}, H(P) = {:.9f}, over its bound: sum over pairs "
                  "sqrt(P_i P_j) exp(-d_ij^2/8t), here {:.2g}, and 4 standard errors",
                  first.t, entropy, left),
      std::abs(first.plain.value - entropy) / (left + 4 * first.plain.error), 1)};
  const auto [at, error] = half_known(information, entropy);
  if (std::isnan(at)) return checks;
  const auto threshold = bounded_threshold(
      at, entropy, [&](double t) { return law.left_bound(t); },
      [&](double t) { return population.normal_information(t); });
  checks.push_back(threshold_check(threshold, entropy, at * error));
  return checks;
}

}  // namespace

Checks reference_checks(const std::string& name, const std::string& what,
                        const SpaceInformation& information, const std::vector<double>& times,
                        const std::vector<double>& reference) {
  const double bound = worst_of(2 * static_cast<double>(times.size()));
  double worst = 0, halved = HUGE_VAL, size = HUGE_VAL;
  for (std::size_t k = 0; k < times.size(); ++k) {
    const auto& total = information.at(times[k]);
    for (const auto& estimate : {total.plain, total.controlled}) {
      raise(worst, in_errors(estimate.value - reference[k], estimate.error));
    }
    lower(halved, in_errors(2 * total.plain.value - reference[k], 2 * total.plain.error));
    lower(size, in_errors(reference[k], 2 * total.plain.error));
  }
  Checks checks{
      within(name,
             fmt::format("(12) by Monte Carlo, without and with control variate, against {}: "
                         "largest distance in standard errors",
                         what),
             worst, bound)};
  if (!can_tell(size, bound)) return checks;
  checks.push_back(refuted("control_factor_" + name,
                           "(12) with the factor 1/2 dropped: least distance in standard errors",
                           halved, bound));
  return checks;
}

Checks limit_checks(SpacePopulation& population, const SpaceInformation& information,
                    const DiscreteLaw* discrete) {
  Checks checks{normal_check(population, information), tail_check(population, information)};
  if (discrete == nullptr) return checks;
  for (auto& check : discrete_checks(population, information, *discrete)) checks.push_back(check);
  return checks;
}

Checks term_checks(const std::vector<SpaceTerm>& terms, bool discrete) {
  const double bound = worst_of(2 * static_cast<double>(terms.size()));
  double worst = 0, doubled = 0, alone = 0, size = 0;
  for (const auto& term : terms) {
    for (const auto& integral : {term.integral, term.controlled}) {
      const double error = std::hypot(integral.error, term.log_ratio.error);
      raise(worst, in_errors(integral.value + term.log_ratio.value, error));
    }
    const double twice = std::hypot(2 * term.integral.error, term.log_ratio.error);
    raise(doubled, in_errors(2 * term.integral.value + term.log_ratio.value, twice));
    raise(size, in_errors(term.integral.value, twice));
  }
  Checks checks{
      within("likelihood",
             fmt::format("(10) with both terms by Monte Carlo, at {} pairs (y, t): largest "
                         "|-ln p(y) - right side| in standard errors",
                         terms.size()),
             worst, bound)};
  if (can_tell(size, bound)) {
    checks.push_back(refuted(
        "control_likelihood_factor",
        "(10) with the factor 1/2 dropped: largest distance in standard errors", doubled, bound));
  }
  if (!discrete) return checks;
  const double first = std::ranges::min(terms, std::less{}, &SpaceTerm::t).t;
  for (const auto& term : terms) {
    if (term.t > first) continue;
    raise(alone, std::abs(term.integral.value - term.left) /
                     (term.left_bound + 4 * term.integral.error + round_off));
  }
  checks.push_back(
      within("surprise",
             fmt::format("the integral of (10) alone, from t = {:g} on, against -ln P(y) of each "
                         "point: largest distance over its bound sum sqrt(P_j/P_y) exp(-d^2/8t) "
                         "and 4 standard errors",
                         first),
             alone, 1));
  return checks;
}

void add_with_controls(Experiment& experiment, const Checks& checks, const std::string& equation) {
  for (const auto& check : checks) experiment.add(check);
  if (checks.empty() || !std::ranges::none_of(checks, &Check::is_control)) return;
  experiment.say("control of " + equation + ": left out, too few draws to tell a factor 1/2");
}

}  // namespace feller
