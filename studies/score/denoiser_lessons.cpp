#include "studies/score/denoiser_lessons.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "problems/processes/quadrature.hpp"
#include "studies/program/progress.hpp"
#include "studies/score/denoiser_checks.hpp"
#include "studies/score/learned_reverse.hpp"

namespace feller {
namespace {

using Use = DenoiserPlan::Use;

/// Condition numbers that are beyond all use are left out of pictures.
double drawn(double condition) {
  return condition < 1e8 ? condition : NAN;
}

double log_node(double first, double last, int i, int steps) {
  return first * std::pow(last / first, static_cast<double>(i) / steps);
}

/// Means over ln t. Polynomials in it times what is smooth: ten Gauss points in each of four
/// pieces.
Excess mean_over_levels(const LearnedDenoiser& learned, const Mixture& population, double first,
                        double last) {
  const double length = std::log(last / first);
  const auto mean = [&](double Excess::*part) {
    double total = 0;
    for (int piece = 0; piece < 4; ++piece) {
      total += gauss(
          [&](double log_t) {
            const NoiseLevel level{population, first * std::exp(log_t)};
            return excess_risk(learned, level).*part / length;
          },
          length * piece / 4, length * (piece + 1) / 4);
    }
    return total;
  };
  return {.value = mean(&Excess::value), .square = mean(&Excess::square)};
}

}  // namespace

/// Where hardly a sample is within a tenth of a standard deviation, a fit says nothing.
bool Lessons::is_seen(const NoiseLevel& level, const Point& z) const {
  double log_size = 0;
  for (int a = 0; a < level.dimension(); ++a) {
    const auto axis = static_cast<std::size_t>(a);
    log_size += std::log(level.law().moments().covariance[axis][axis]) / 2 + std::log(0.2);
  }
  const double expected = std::exp(level.law().log_density(z) + log_size);
  return expected * static_cast<double>(plan_.samples) > 3;
}

void Lessons::draw_curves(Recorder& recorder, const std::vector<LearnedDenoiser>& learned) const {
  constexpr int steps = 60;
  for (int i = 0; i <= steps; ++i) {
    const double x = 3.0 * (2.0 * i / steps - 1);
    std::vector<double> row{x}, exact;
    for (std::size_t k = 0; k < learned.size(); ++k) {
      const double t = plan_.times[k];
      const Point z = learned[k].features().place(t, {x, 0, 0});
      const NoiseLevel level{population_, t};
      row.push_back(is_seen(level, z) ? learned[k](t, z)[0] : NAN);
      exact.push_back(level.posterior(z).mean[0]);
    }
    row.insert(row.end(), exact.begin(), exact.end());
    recorder.row("denoiser", row);
  }
}

LevelFit Lessons::learn_over_all(Experiment& experiment, Recorder& recorder) const {
  const Features features{population_, plan_.features};
  const auto samples = draw(population_, plan_.over_all(Use::learning), comm_);
  const LearnedDenoiser learned{features, samples, comm_};
  constexpr int steps = 32;
  for (int i = 0; i <= steps; ++i) {
    const NoiseLevel level{population_, log_node(plan_.first, plan_.last, i, steps)};
    recorder.row("all_levels", {level.t(), excess_risk(learned, level).value, mmse(level)});
  }
  const Excess all = mean_over_levels(learned, population_, plan_.first, plan_.last);
  const double girsanov = girsanov_bound(
      [&](double t) {
        return excess_risk(learned, NoiseLevel{population_, t}).value;
      },
      plan_.first, plan_.last);
  const auto others = draw(population_, plan_.over_all(Use::trying), comm_);
  experiment.say(fmt::format(
      "one fit of {} features over all levels: condition number {:.4g}, {} iterations; Girsanov's "
      "bound for reverse particles, 1/2 int E|yhat - E[y|t,z]|^2/t^2 dt = {:.4g} nat",
      features.size(), sampled_condition(features, samples, comm_), learned.iterations(),
      girsanov));
  reverse(experiment, recorder, learned, girsanov);
  return {.excess = all.value,
          .sampled = {sampled_excess(learned, population_, others, comm_),
                      all.standard_error(plan_.samples)},
          .iterations = learned.iterations(),
          .orthogonality = learned.orthogonality()};
}

void Lessons::reverse(Experiment& experiment, Recorder& recorder, const LearnedDenoiser& learned,
                      double bound) const {
  const auto run = [&](const DenoiserAt& denoiser) {
    return reversed_shares(denoiser, population_, plan_, comm_);
  };
  const EndShares found = run([&](double t) { return learned.at(t); });
  const EndShares wrong = run([](double) { return [](const Point& z) { return z; }; });
  const EndShares best = run([&](double t) {
    return [level = NoiseLevel{population_, t}](const Point& z) { return level.posterior(z).mean; };
  });
  for (std::size_t b = 1; b + 1 < found.exact.size(); ++b) {
    const double left = found.edges[b - 1], width = found.edges[b] - left;
    recorder.row("reversed", {left + width / 2, found.shares[b] / width, wrong.shares[b] / width,
                              found.exact[b] / width});
  }
  const Check claim = reverse_end_check(found, best, bound);
  experiment.add(claim);
  const double expected = divergence_without_score(population_, plan_);
  const Checks control = reverse_end_control(wrong, claim, expected);
  if (control.empty()) {
    experiment.say(fmt::format(
        "control without a score: left out, as its KL of {:.4g} is not ten times the bound {:.4g}: "
        "learn from more samples or fewer features",
        expected, claim.bound));
  }
  for (const auto& check : control) experiment.add(check);
}

void Lessons::learn(Experiment& experiment, Recorder& recorder) const {
  const Features features{population_, plan_.one_level()};
  std::vector<LearnedDenoiser> learned;
  std::vector<LevelFit> fits;
  for (const double t : plan_.times) {
    const auto samples = draw(population_, plan_.at(t, Use::learning), comm_);
    learned.emplace_back(features, samples, comm_);
    fits.push_back(look_at(learned.back(), population_, plan_, t, comm_));
    const LevelFit& fit = fits.back();
    recorder.row("levels",
                 {t, fit.excess, fit.approximation + fit.estimation, fit.approximation, fit.mmse,
                  fit.sampled.value, fit.sampled.error, sampled_condition(features, samples, comm_),
                  static_cast<double>(fit.iterations)});
  }
  draw_curves(recorder, learned);
  const std::size_t middle = fits.size() / 2;
  for (auto& check : reading_checks(learned[middle], fits[middle], population_, plan_, comm_)) {
    experiment.add(check);
  }
  fits.push_back(learn_over_all(experiment, recorder));
  for (auto& check : level_checks(fits)) experiment.add(check);
}

void Lessons::climb(Experiment& experiment, Recorder& recorder) const {
  const auto counts = plan_.counts(population_.dimension());
  Progress progress{static_cast<int>(counts.size()), comm_};
  progress.heading(fmt::format("{:>10} {:>12}", "features", "excess risk"));
  std::vector<FeatureRung> features;
  for (const int count : counts) {
    features.push_back(feature_rung(population_, plan_, count, comm_));
    std::vector<double> row{static_cast<double>(features.back().size)};
    for (const auto& level : features.back().levels) row.push_back(level.excess);
    for (const auto& level : features.back().levels) row.push_back(level.approximation);
    recorder.row("features", row);
    progress.show(static_cast<int>(features.size()),
                  fmt::format("{:>10} {:>12.4g}", features.back().size, row[1]));
  }
  for (auto& check : feature_checks(plan_, features)) experiment.add(check);
  std::vector<SampleRung> samples;
  for (int parts = 16; parts >= 2; parts /= 2) {
    samples.push_back(sample_rung(population_, plan_, plan_.times[plan_.times.size() / 2],
                                  plan_.samples / parts, comm_));
    const SampleRung& rung = samples.back();
    recorder.row("samples",
                 {static_cast<double>(rung.samples), rung.excess.value,
                  rung.approximation + rung.estimation, rung.approximation, rung.excess.error});
  }
  const Checks judged = sample_checks(samples);
  if (judged.empty()) {
    experiment.say(
        "mean excess risk of many fits: left to the picture, too few samples for theory");
  }
  for (const auto& check : judged) experiment.add(check);
}

void Lessons::compare_scales(Experiment& experiment, Recorder& recorder, double furthest) const {
  const FeaturePlan plan = plan_.one_level();
  FeaturePlan raw_plan = plan;
  raw_plan.scaled = false;
  const Features scaled{population_, plan}, raw{population_, raw_plan};
  const double variance = mean_variance(population_);
  std::vector<ConditionRow> rows;
  constexpr int steps = 12;
  const double first = std::min(plan_.times.front(), variance);
  for (int i = 0; i <= steps; ++i) {
    const double t = log_node(first, furthest, i, steps);
    const NoiseLevel level{population_, t};
    const auto samples =
        draw(population_, plan_.at(t, Use::learning, static_cast<std::size_t>(i)), comm_);
    rows.push_back({.t = t,
                    .scaled = feature_condition(scaled, level),
                    .raw = feature_condition(raw, level),
                    .bound = condition_bound(scaled, level),
                    .sampled = sampled_condition(scaled, samples, comm_)});
    const ConditionRow& row = rows.back();
    recorder.row("condition",
                 {row.t, drawn(row.sampled), row.scaled, drawn(row.bound), drawn(row.raw)});
  }
  const Checks checks = condition_checks(rows, variance);
  if (!(checks.front().bound < 1e8)) {
    experiment.say(fmt::format(
        "condition numbers: left to the picture, as the bound by components, {:.3g}, is beyond all "
        "use: fewer features, or within less than {:g} standard deviations",
        checks.front().bound, plan.reach));
    return;
  }
  experiment.add(checks.front());
  if (!is_polynomial(plan.kind) && plan.count < 8) {
    experiment.say(
        "control with features of z itself: left out, as fewer than 8 local functions along an "
        "axis "
        "may be told apart by their ends");
    return;
  }
  experiment.add(checks.back());
}

}  // namespace feller
