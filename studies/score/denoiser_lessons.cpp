#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "problems/processes/quadrature.hpp"
#include "studies/score/denoiser_checks.hpp"
#include "studies/score/denoiser_layout.hpp"

namespace feller {
namespace {

using Use = DenoiserPlan::Use;

double log_node(double first, double last, int i, int steps) {
  return first * std::pow(last / first, static_cast<double>(i) / steps);
}

}  // namespace

void Lessons::draw_curves(Recorder& recorder, const std::vector<LearnedDenoiser>& learned) const {
  constexpr int steps = 60;
  for (int i = 0; i <= steps; ++i) {
    const double x = 3.0 * (2.0 * i / steps - 1);
    std::vector<double> row{x}, exact;
    for (std::size_t k = 0; k < learned.size(); ++k) {
      const double t = plan_.times[k];
      const Point z = learned[k].features().place(t, {x, 0, 0});
      row.push_back(learned[k](t, z)[0]);
      exact.push_back(NoiseLevel{population_, t}.posterior(z).mean[0]);
    }
    row.insert(row.end(), exact.begin(), exact.end());
    recorder.row("denoiser", row);
  }
}

LevelFit Lessons::learn_over_all(Experiment& experiment, Recorder& recorder) const {
  const Features features{population_, plan_.features};
  const LearnedDenoiser learned{features, draw(population_, plan_.over_all(Use::learning), comm_),
                                comm_};
  constexpr int steps = 32;
  for (int i = 0; i <= steps; ++i) {
    const NoiseLevel level{population_, log_node(plan_.first, plan_.last, i, steps)};
    recorder.row("all_levels", {level.t(), excess_risk(learned, level).value, mmse(level)});
  }
  // Polynomials in ln t times what is smooth in it: ten Gauss points in each of four pieces.
  const double length = std::log(plan_.last / plan_.first);
  const auto mean_over = [&](const std::function<double(double, const Excess&)>& f) {
    double total = 0;
    for (int piece = 0; piece < 4; ++piece) {
      total += gauss(
          [&](double log_t) {
            const double t = plan_.first * std::exp(log_t);
            return f(t, excess_risk(learned, NoiseLevel{population_, t})) / length;
          },
          length * piece / 4, length * (piece + 1) / 4);
    }
    return total;
  };
  const Excess excess{.value = mean_over([](double, const Excess& e) { return e.value; }),
                      .square = mean_over([](double, const Excess& e) { return e.square; })};
  const double girsanov =
      length / 2 * mean_over([](double t, const Excess& e) { return e.value / t; });
  const auto others = draw(population_, plan_.over_all(Use::trying), comm_);
  experiment.say(fmt::format(
      "one fit of {} features over all levels: condition number {:.4g}, {} iterations; Girsanov's "
      "bound for reverse particles, 1/2 int E|yhat - E[y|t,z]|^2/t^2 dt = {:.4g} nat",
      features.size(), learned.condition(), learned.iterations(), girsanov));
  return {.excess = excess.value,
          .sampled = {sampled_excess(learned, population_, others, comm_),
                      excess.standard_error(plan_.samples)},
          .iterations = learned.iterations(),
          .orthogonality = learned.orthogonality()};
}

void Lessons::learn(Experiment& experiment, Recorder& recorder) const {
  const Features features{population_, plan_.one_level()};
  std::vector<LearnedDenoiser> learned;
  std::vector<LevelFit> fits;
  for (const double t : plan_.times) {
    learned.emplace_back(features, draw(population_, plan_.at(t, Use::learning), comm_), comm_);
    fits.push_back(look_at(learned.back(), population_, plan_, t, comm_));
    const LevelFit& fit = fits.back();
    recorder.row("levels", {t, fit.excess, fit.approximation + fit.estimation, fit.approximation,
                            fit.mmse, fit.sampled.value, fit.sampled.error, fit.condition,
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
  std::vector<FeatureRung> features;
  for (const int count : plan_.counts(population_.dimension())) {
    features.push_back(feature_rung(population_, plan_, count, comm_));
    std::vector<double> row{static_cast<double>(features.back().size)};
    for (const auto& level : features.back().levels) row.push_back(level.excess);
    for (const auto& level : features.back().levels) row.push_back(level.approximation);
    recorder.row("features", row);
  }
  for (auto& check : feature_checks(plan_, features)) experiment.add(check);
  std::vector<SampleRung> samples;
  for (int parts = 64; parts >= 8; parts /= 2) {
    samples.push_back(sample_rung(population_, plan_, plan_.times[plan_.times.size() / 2],
                                  plan_.samples / parts, comm_));
    const SampleRung& rung = samples.back();
    recorder.row("samples",
                 {static_cast<double>(rung.samples), rung.excess.value,
                  rung.approximation + rung.estimation, rung.approximation, rung.excess.error});
  }
  experiment.add(sample_check(samples));
}

void Lessons::compare_scales(Experiment& experiment, Recorder& recorder, double furthest) const {
  const FeaturePlan plan = plan_.one_level();
  FeaturePlan raw_plan = plan;
  raw_plan.scaled = false;
  const Features scaled{population_, plan}, raw{population_, raw_plan};
  const Moments moments = population_.moments();
  double variance = 0;
  for (int a = 0; a < 3; ++a) variance += moments.covariance[a][a] / population_.dimension();
  std::vector<ConditionRow> rows;
  constexpr int steps = 12;
  const double first = std::min(plan_.times.front(), variance);
  for (int i = 0; i <= steps; ++i) {
    const double t = log_node(first, furthest, i, steps);
    const NoiseLevel level{population_, t};
    const LearnedDenoiser learned{
        scaled, draw(population_, plan_.at(t, Use::learning, static_cast<std::size_t>(i)), comm_),
        comm_};
    rows.push_back({.t = t,
                    .scaled = feature_condition(scaled, level),
                    .raw = feature_condition(raw, level),
                    .bound = condition_bound(scaled, level),
                    .sampled = learned.condition()});
    const ConditionRow& row = rows.back();
    recorder.row("condition", {row.t, row.sampled, row.scaled, row.bound, row.raw});
  }
  for (auto& check : condition_checks(rows, variance)) experiment.add(check);
}

}  // namespace feller
