#include "studies/chain/ensemble_law.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>

namespace feller {
namespace {

double entropy_of(double variance) {
  return std::log(2 * std::numbers::pi * std::numbers::e * variance) / 2;
}

/// In units of a tolerance; what a wrong formula must be off to count as refuted.
constexpr double refuted = 10;
/// What is found is off the law by less than 2 such units (one where it is normal), so that a wrong
/// formula that is this far from the law is refuted.
constexpr double clear = refuted + 2;

/// The first look at which a wrong formula is clearly off the law.
template <class Distance>
const Look* clearest(const std::vector<Look>& looks, Distance&& from_law) {
  const auto at =
      std::ranges::find_if(looks, [&](const Look& look) { return from_law(look) >= clear; });
  return at == looks.end() ? nullptr : &*at;
}

/// The three judgements of all pixels, at the worst look.
void add_scores(Checks& checks, const std::vector<Look>& looks, const std::string& name,
                const std::string& words, NormalScores Look::*scores) {
  double beyond = 0, chi_square = 0, largest = 0;
  for (const auto& look : looks) {
    raise(beyond, (look.*scores).beyond);
    raise(chi_square, std::abs((look.*scores).chi_square()));
    raise(largest, (look.*scores).largest);
  }
  const NormalScores& any = looks.front().*scores;
  const auto count = static_cast<double>(looks.size());
  checks.push_back({.name = name + "_beyond",
                    .claim = fmt::format("{}: pixels beyond 4 standard errors at the worst step; "
                                         "{:.1f} of {:.0f} are to be expected",
                                         words, any.count * beyond_four(), any.count),
                    .measured = beyond,
                    .bound = any.beyond_bound(count),
                    .statement = "V1"});
  checks.push_back({.name = name + "_chi_square",
                    .claim = words + ": sum z^2 of all N pixels, z in standard errors, against "
                                     "chi-square of N degrees of freedom, as a normal number of "
                                     "the same probability, at the worst step",
                    .measured = chi_square,
                    .bound = worst_of(count),
                    .statement = "V1"});
  checks.push_back({.name = name + "_largest",
                    .claim = words + ": largest deviation of all pixels in standard errors, "
                                     "against the extreme value of as many normal numbers",
                    .measured = largest,
                    .bound = any.largest_bound(count),
                    .statement = "V1"});
}

void add_variance(Checks& checks, const std::vector<Look>& looks) {
  double worst = 0;
  for (const auto& look : looks) raise(worst, std::abs(look.variance_score()));
  const Look& first = looks.front();
  checks.push_back({.name = "variance",
                    .claim = fmt::format("mean over the pixels of the variance, n (M-1) of it "
                                         "over 1 - a_i against chi-square of n (M-1) degrees of "
                                         "freedom, as a normal number of the same probability, "
                                         "at the worst step; at i = {} it is {:.6f} against "
                                         "{:.6f}",
                                         first.step, first.variance(), first.noise),
                    .measured = worst,
                    .bound = worst_of(static_cast<double>(looks.size())),
                    .statement = "V1"});
}

void add_entropy(Checks& checks, const std::vector<Look>& looks) {
  double worst = -1;
  const Look* at = &looks.front();
  for (const auto& look : looks) {
    if (raise(worst, std::abs(look.entropy_score()))) at = &look;
  }
  checks.push_back({.name = "conditional_entropy",
                    .claim = fmt::format("H(U_i|U_0)/n of the simulated U_i - sqrt(a_i) U_0 "
                                         "against 1/2 ln(2 pi e (1 - a_i)), by its law (chi-square "
                                         "of n M degrees of freedom) as a normal number of the "
                                         "same probability, at the worst step {}: {:.6f} against "
                                         "{:.6f}",
                                         at->step, at->entropy(), at->exact_entropy()),
                    .measured = worst,
                    .bound = worst_of(static_cast<double>(looks.size())),
                    .statement = "V5"});
}

}  // namespace

double Look::entropy() const {
  return entropy_of(about_law / (pixels() * members));
}

double Look::exact_entropy() const {
  return entropy_of(noise);
}

double Look::variance_score() const {
  return normal_equivalent(squares / noise, pixels() * (members - 1));
}

double Look::entropy_score() const {
  return normal_equivalent(about_law / noise, pixels() * members);
}

void Look::take(const Field& start, const Sample& sample) {
  const double m = members, nu = m - 1;
  const double keep = std::sqrt(1 - noise), error = std::sqrt(noise / m);
  Field scores{start.grid()};
  const auto z = scores.values();
  const auto f = start.values(), means = sample.mean.values(), sums = sample.squares.values();
  long double here = 0, here_about_law = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double away = means[i] - keep * f[i];
    z[i] = away / error;
    here += sums[i];
    here_about_law += sums[i] + m * away * away;
  }
  mean.take(scores);
  for (std::size_t i = 0; i < z.size(); ++i) z[i] = wilson_hilferty(sums[i] / (nu * noise), nu);
  deviation.take(scores);
  squares += static_cast<double>(sum(start.grid().comm(), here));
  about_law += static_cast<double>(sum(start.grid().comm(), here_about_law));
}

Checks ensemble_checks(const std::vector<Look>& looks) {
  Checks checks;
  add_scores(checks, looks, "mean", "mean against sqrt(a_i) f", &Look::mean);
  add_scores(checks, looks, "variance", "variance against 1 - a_i (cube root, Wilson-Hilferty)",
             &Look::deviation);
  add_variance(checks, looks);
  add_entropy(checks, looks);
  return checks;
}

std::optional<Check> product_control(const std::vector<Look>& looks) {
  const double errors = worst_of(static_cast<double>(looks.size()));
  const auto units = [errors](const Look& look, double variance) {
    return std::abs(variance - look.printed) / (errors * look.variance_error());
  };
  const Look* shown = clearest(looks, [&](const Look& look) { return units(look, look.noise); });
  if (shown == nullptr) return std::nullopt;
  return Check{.name = "control_product",
               .claim = fmt::format("the product from j = 0 as printed: variance {:.6f} at i = {}, "
                                    "found {:.6f}; its distance in units of the tolerance, {:.2f} "
                                    "standard errors (1 - a_i) sqrt(2/(n (M-1)))",
                                    shown->printed, shown->step, shown->variance(), errors),
               .measured = units(*shown, shown->variance()),
               .relation = Relation::at_least,
               .bound = refuted,
               .is_control = true,
               .statement = "V1",
               .misprint = "Peter 2023, (5)"};
}

std::optional<Check> half_control(const std::vector<Look>& looks) {
  const double errors = worst_of(static_cast<double>(looks.size()));
  const auto units = [errors](const Look& look, double entropy) {
    return std::abs(entropy - 2 * look.exact_entropy()) / (errors * look.entropy_error());
  };
  const Look* shown =
      clearest(looks, [&](const Look& look) { return units(look, look.exact_entropy()); });
  if (shown == nullptr) return std::nullopt;
  return Check{
      .name = "control_half",
      .claim = fmt::format("the factor 1/2 left out as printed: {:.6f} a pixel at i = "
                           "{}, found {:.6f}; its distance in units of the tolerance, "
                           "{:.2f} standard errors sqrt(1/(2 M n))",
                           2 * shown->exact_entropy(), shown->step, shown->entropy(), errors),
      .measured = units(*shown, shown->entropy()),
      .relation = Relation::at_least,
      .bound = refuted,
      .is_control = true,
      .statement = "V5",
      .misprint = "Peter 2023, (18)"};
}

}  // namespace feller
