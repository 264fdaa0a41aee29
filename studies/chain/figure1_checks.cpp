#include "studies/chain/figure1_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "discretisation/negative_rates.hpp"
#include "problems/osmosis.hpp"
#include "solvers/functionals.hpp"
#include "solvers/pixel_chain.hpp"
#include "studies/chain/normal_scores.hpp"
#include "studies/flow/relaxation_checks.hpp"

namespace feller {
namespace {

std::string named(const std::string& name, const std::string& channel) {
  return channel.empty() ? name : name + "_" + channel;
}

/// The largest fall of the entropy found from one look to the next, in standard errors.
double largest_fall(const std::vector<Moment>& chain, const std::vector<int>& looks, double error) {
  double fall = 0;
  const Moment* before = nullptr;
  for (const auto& moment : chain) {
    if (std::ranges::find(looks, static_cast<int>(moment.at)) == looks.end()) continue;
    if (before != nullptr) raise(fall, (before->entropy - moment.entropy) / error);
    before = &moment;
  }
  return fall;
}

/// What no law but that of many numbers judges: errors of differences and ratios.
void add_large_sample_checks(Checks& checks, const std::vector<Moment>& chain,
                             const TraceFinder& finder, const std::vector<int>& looks) {
  const double error = std::sqrt(1 / (2 * finder.values()));
  if (finder.values() >= large_sample && looks.size() > 2) {
    // Step 0 has no entropy.
    const auto pairs = static_cast<double>(looks.size() - 2);
    checks.push_back({.name = "chain_entropy_rises",
                      .claim = "largest fall of that entropy from one look to the next, in "
                               "standard errors sqrt(1/(2n)) of one",
                      .measured = largest_fall(chain, looks, error),
                      .bound = worst_of(pairs) * std::numbers::sqrt2,
                      .statement = "V5"});
  }
  if (finder.strong_faces() < large_sample) return;
  double contrast = 0;
  for (const auto& m : chain) {
    raise(contrast, std::abs(m.traces.contrast_to_noise - m.contrast_to_noise) /
                        finder.contrast_error(m.contrast_to_noise));
  }
  checks.push_back({.name = "chain_contrast",
                    .claim = "contrast-to-noise found on the strong edges against "
                             "sqrt(a_i/(1 - a_i)), in standard errors, at the worst step",
                    .measured = contrast,
                    .bound = worst_of(static_cast<double>(chain.size()))});
}

/// The sign of L is a claim because w has the mean of f: with a larger one it is lost. The factor
/// is such that L rises to ln 2 in theory, whatever KL(u|w) is.
Check mean_control(const Evolution& evolution, const std::string& name, double round_off) {
  const Field& u = evolution.state();
  const Field& log_w = evolution.steady()->log_density;
  const double mass = feller::mass(u);
  const double log_factor = std::numbers::ln2 + relative_entropy(u, log_w) / mass;
  const Field wrong = transformed(log_w, [log_factor](double value) { return value + log_factor; });
  return {
      .name = name,
      .claim = fmt::format("L at the end, of a unit of mass, to a w of {:.6g} times the mean of "
                           "f, 2 exp(KL(u|w)): rises above 0, in theory to ln 2",
                           std::exp(log_factor)),
      .measured = lyapunov(u, wrong) / mass,
      .relation = Relation::at_least,
      .bound = 10 * round_off,
      .is_control = true,
      .statement = "V11"};
}

}  // namespace

Checks chain_checks(const std::vector<Moment>& chain, const TraceFinder& finder,
                    const std::vector<int>& looks) {
  const double n = finder.values();
  double entropy = 0, mean = 0;
  for (const auto& m : chain) {
    const double ratio = std::exp(2 * (m.entropy - m.law.conditional_entropy()));
    raise(entropy, std::abs(normal_equivalent(n * ratio, n)));
    const double expected = std::sqrt(m.law.survival) * finder.mean();
    raise(mean, std::abs(m.traces.mean - expected) / std::sqrt(m.law.noise / n));
  }
  const double bound = worst_of(static_cast<double>(chain.size()));
  const Moment& last = chain.back();
  const double drawn = last.traces.mean - std::sqrt(last.law.survival) * finder.mean();
  Checks checks{
      {.name = "control_zero_mean",
       .claim = fmt::format("samples of noise \"always have zero mean\": of the last state less "
                            "sqrt(a_i) f it is {:.6g}, {:.2f} standard errors sqrt((1 - a_i)/n)",
                            drawn, drawn / std::sqrt(last.law.noise / n)),
       .measured = std::abs(drawn),
       .relation = Relation::greater,
       .bound = 1e-14,
       .is_control = true,
       .statement = "V8",
       .misprint = "Peter 2023, Property 5 (mean and standard deviation of a sample)"},
      {.name = "chain_entropy",
       .claim = "H(U_i|U_0)/n of one trajectory against 1/2 ln(2 pi e (1 - a_i)), by its law "
                "(chi-square of n degrees of freedom) as a normal number of the same probability, "
                "at the worst step",
       .measured = entropy,
       .bound = bound,
       .statement = "V5"},
      {.name = "chain_mean",
       .claim = "mean of the trajectory against sqrt(a_i) mean f, in standard errors "
                "sqrt((1 - a_i)/n), at the worst step",
       .measured = mean,
       .bound = bound,
       .statement = "V1"}};
  add_large_sample_checks(checks, chain, finder, looks);
  return checks;
}

Checks osmosis_checks(const Evolution& evolution, const Schedule& schedule, double tolerance,
                      const std::string& channel, double largest_lyapunov,
                      const NoiseKey& printed) {
  const RelaxationChecks relaxation{evolution, schedule, tolerance, channel,
                                    evolution.initial("minimum") > 0};
  Checks checks = relaxation.always();
  for (auto& check : checks) check.statement = "V11";
  const double mass = evolution.initial("mass");
  // Rounding of L's sum, relative to the mass; and the mass that rounding adds.
  const double round_off = 1e-12 + schedule.mass_bound();
  checks.push_back({.name = named("lyapunov_sign", channel),
                    .claim = "largest L(t) of a unit of mass: L = -KL(u|w) <= 0, Peter 2023, (28)",
                    .measured = largest_lyapunov / mass,
                    .bound = round_off,
                    .statement = "V11"});
  checks.push_back(mean_control(evolution, named("control_mean", channel), round_off));
  checks.push_back(
      {.name = named("rates", channel),
       .claim = "negative rates between pixels for a guidance v > 0",
       .measured = static_cast<double>(negative_rates(evolution.generator().rates()).count),
       .bound = 0,
       .statement = "V11"});
  if (static_cast<double>(evolution.state().grid().cells()) < large_sample) return checks;
  const Field noise = white_noise(evolution.state().grid(), printed);
  checks.push_back(
      {.name = named("control_guidance", channel),
       .claim = "the same for standard normal noise as guidance, as printed: it "
                "changes sign, and positivity is lost",
       .measured =
           static_cast<double>(negative_rates(osmosis_rates(noise, flux_weight("central"))).count),
       .relation = Relation::at_least,
       .bound = 10,
       .is_control = true,
       .statement = "V11",
       .misprint = "Peter 2023, section 4.2 (guidance is a standard normal noise sample)"});
  return checks;
}

}  // namespace feller
