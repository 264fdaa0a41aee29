#include "studies/score/information_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "studies/chain/normal_scores.hpp"
#include "studies/score/decision_threshold.hpp"
#include "studies/score/information_readings.hpp"

namespace feller {
namespace {

/// Where half of H(P) is left.
double half_known(const Noised& noised) {
  const double entropy = noised.discrete_law().entropy(), v = noised.variance();
  const auto known = [&](double t) { return information_by_mmse(noised, std::array{t}).front(); };
  return crossing(known, entropy / 2, 1e-6 * v, 1e6 * v);
}

Noised scaled(const Noised& noised, double scale) {
  auto components = noised.population().components();
  for (auto& component : components) {
    Spread& spread = component.along[0];
    spread = {scale * spread.lower, scale * spread.upper, scale * spread.sd};
  }
  return Noised{Mixture{1, std::move(components)}};
}

Check refuted(std::string name, std::string claim, double apart, std::string misprint = {}) {
  return {.name = std::move(name),
          .claim = std::move(claim),
          .measured = apart,
          .relation = Relation::greater,
          .bound = 10 * quadrature_bound,
          .is_control = true,
          .statement = "V15",
          .misprint = std::move(misprint)};
}

}  // namespace

Checks side_checks(const std::vector<InformationRow>& rows) {
  double worst = 0, halved = HUGE_VAL;
  for (const auto& row : rows) {
    raise(worst, std::abs(row.by_mmse - row.by_entropy));
    halved = std::min(halved, std::abs(2 * row.by_mmse - row.by_entropy));
  }
  return {
      {.name = "information_by_mmse",
       .claim = "(12): largest |int_t^inf mmse/(2 s^2) ds - (H(z(t)) - H(z(t)|y))| at the "
                "levels t, both by quadrature",
       .measured = worst,
       .bound = quadrature_bound,
       .statement = "V15"},
      refuted("control_factor",
              "(12) with the factor 1/2 dropped: least distance from H(z(t)) - H(z(t)|y)", halved)};
}

Checks limit_checks(const Noised& noised, const std::vector<InformationRow>& rows) {
  const double late = 1000 * noised.variance();
  const double found = information_by_mmse(noised, std::array{late}).front();
  Checks checks{
      {.name = "tail",
       .claim = fmt::format("|I(y; z(T)) - v/(2T)| over its bound E|y - Ey|^4/(4 T^2), T = {:g}, "
                            "as mmse falls from v at most by E Var(y|z)^2 snr",
                            late),
       .measured = std::abs(found - noised.variance() / (2 * late)) /
                   (noised.fourth_moment() / (4 * late * late)),
       .bound = 1,
       .statement = "V15"}};
  if (!noised.discrete()) return checks;
  const DiscreteLaw law = noised.discrete_law();
  const double entropy = law.entropy(), t = rows.front().t;
  const double bound = law.left_bound(t) + quadrature_bound;
  checks.push_back(
      {.name = "discrete",
       .claim = fmt::format("|I(y; z(t)) - H(P)| of a discrete law, H(P) = {:.9f}, at t = {:g}: "
                            "at most sum over pairs sqrt(P_i P_j) exp(-d_ij^2/8t)",
                            entropy, t),
       .measured = std::abs(rows.front().by_mmse - entropy),
       .bound = bound,
       .statement = "V15"});
  return checks;
}

Checks threshold_checks(const Noised& noised) {
  if (!noised.discrete() || noised.discrete_law().entropy() == 0) return {};
  constexpr double scale = 3;
  const DiscreteLaw law = noised.discrete_law();
  const double at = half_known(noised), entropy = law.entropy();
  const auto threshold = bounded_threshold(
      at, entropy, [&](double t) { return law.left_bound(t); },
      [&](double t) { return std::log1p(noised.variance() / t) / 2; });
  return {threshold_check(threshold, entropy, 1e-9 * at),
          {.name = "threshold_scales",
           .claim = fmt::format("data {:g} y have the threshold {:g} t*: relative error", scale,
                                scale * scale),
           .measured = std::abs(half_known(scaled(noised, scale)) / (scale * scale * at) - 1),
           // Both to 1e-10 in I, which falls by about 1/4 an e-fold of t there.
           .bound = 1e-9,
           .statement = "V15"}};
}

Check sampled_check(const std::vector<InformationRow>& rows) {
  double worst = 0;
  for (const auto& row : rows) {
    for (const auto& estimate : {row.sampled.plain, row.sampled.controlled}) {
      // The control variate of a normal law leaves nothing but round-off to sample.
      raise(worst, std::abs(estimate.value - row.by_mmse) / (estimate.error + 1e-12));
    }
  }
  return {.name = "information_sampled",
          .claim =
              "(12) by Monte Carlo with the exact denoiser, without and with control variate: "
              "largest distance from the quadrature in standard errors",
          .measured = worst,
          .bound = worst_of(2 * static_cast<double>(rows.size())),
          .statement = "V15"};
}

Checks reading_checks() {
  const Noised normal = noised_normal(0, 1);
  const double right = information_by_mmse(normal, std::array{1.0}).front();
  const double a = reading_a(normal, 1), b = reading_b(normal, 1);
  const std::string printed = "(11) as printed, v = t_0 = 1, {}: {:.9f}; true {:.9f}, apart by";
  const auto reading = [](const char* name, const char* words, double found, double expected) {
    return Check{.name = name,
                 .claim = fmt::format("(11) as printed, v = t_0 = 1, {}: {:.9f}; in closed form "
                                      "{:.9f}: distance",
                                      words, found, expected),
                 .measured = std::abs(found - expected),
                 .bound = quadrature_bound,
                 .statement = "V15"};
  };
  return {{.name = "normal",
           .claim = "(12) for a normal law, v = t = 1: |I - 1/2 ln 2|",
           .measured = std::abs(right - std::numbers::ln2 / 2),
           .bound = quadrature_bound,
           .statement = "V15"},
          reading("reading_a", "posterior at t_0 throughout", a, 0.25),
          reading("reading_b", "posterior at t taken at z(t_0)", b, 1 - std::numbers::ln2),
          refuted("control_reading_a",
                  fmt::format(fmt::runtime(printed), "posterior at t_0 throughout", a, right),
                  std::abs(a - right), "McAllester, (11)"),
          refuted("control_reading_b",
                  fmt::format(fmt::runtime(printed), "posterior at t taken at z(t_0)", b, right),
                  std::abs(b - right), "McAllester, (11)")};
}

}  // namespace feller
