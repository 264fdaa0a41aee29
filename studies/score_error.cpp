/// A wrong score in reverse processes with any amount of noise lambda (score/wrong_score.hpp): by
/// Girsanov's theorem and data processing, for an error e_t of the score,
///
///     KL(end) <= KL(path) = (1 + lambda)^2 / (8 lambda) int E|e_t|^2 dt,
///
/// for a constant error least at lambda = 1. Particles give both sides: the path's as the mean of
/// ln dQ/dP by the densities of their steps (score/wrong_paths.hpp), the end's from their cells.
/// For a normal population and an error that is linear in the score both are known exactly. A
/// constant error shifts the end; if ln(a_T/a_0) >= 2, less and less for more noise from lambda = 1
/// on, though that is where the bound is least.
///
/// Controls: Girsanov's formula without 1/lambda; the lambda that is best for the bound is not best
/// for the end; the shift of one lambda for another.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "problems/processes/mixture.hpp"
#include "studies/program/progress.hpp"
#include "studies/score/exploding.hpp"
#include "studies/score/score_error_checks.hpp"
#include "studies/score/score_error_record.hpp"
#include "studies/score/wrong_end_checks.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class ScoreError : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  const Process& process(const Experiment& experiment) const;
  void require_steps(const Parameters& parameters, const Mixture& mixture) const;
  /// Where the end is known.
  std::optional<WrongScore> model(const Process& process) const;
  bool is_constant() const { return error_.factor == 0 && error_.sine == 0; }
  WrongWalk walk(const Process& process, std::size_t which) const;
  WrongRun run_with(const Grid& grid, const Process& process, std::size_t which) const;
  void add_checks(Experiment& experiment, const std::optional<WrongScore>& model,
                  const std::vector<WrongRun>& runs) const;

  Perturbation error_;
  double first_ = 0.01;
  double last_ = 100;
  std::vector<double> lambdas_{0.25, 1, 4};
  std::int64_t particles_ = 200'000;
  int steps_ = 400;
  std::int64_t seed_ = 1;
};

void ScoreError::declare(Parameters& p) {
  p.add("score_error.error", error_.constant,
        {.meaning = "b: the score is wrong by b + eta score + c sin(k z)", .unit = "1/L"});
  p.add("score_error.factor", error_.factor,
        {.meaning = "eta of the error", .range = {.low = -0.9, .high = 10}});
  p.add("score_error.sine", error_.sine, {.meaning = "c of the error", .unit = "1/L"});
  p.add("score_error.wave", error_.wave,
        {.meaning = "k of the error", .unit = "1/L", .range = range::positive});
  p.add("score_error.first", first_,
        {.meaning = "t_0 > 0 at which the reverse process ends",
         .unit = "T",
         .range = range::positive});
  p.add("score_error.last", last_,
        {.meaning = "T at which it starts, from the exact law",
         .unit = "T",
         .range = range::positive});
  p.add("score_error.lambdas", lambdas_,
        {.meaning = "noises lambda that particles take, ascending, at least two",
         .range = range::positive});
  p.add("score_error.particles", particles_,
        {.meaning = "particles for each lambda", .range = {.low = 1000, .high = 1e12}});
  p.add("score_error.steps", steps_,
        {.meaning = "their steps, uniform in ln(s^2 + t), s^2 the least variance of a component",
         .range = {.low = 10, .high = 1e6}});
  p.add("score_error.seed", seed_,
        {.meaning = "which noise drives the particles", .range = range::not_negative});
}

const Process& ScoreError::process(const Experiment& experiment) const {
  const Parameters& parameters = experiment.parameters();
  const Process& found = exploding_process(experiment);
  if (!(first_ < last_)) {
    throw parameters.blame("score_error.last", "must be beyond score_error.first");
  }
  bool ascends = lambdas_.size() >= 2;
  for (std::size_t i = 1; i < lambdas_.size(); ++i) ascends &= lambdas_[i - 1] < lambdas_[i];
  if (!ascends) throw parameters.blame("score_error.lambdas", "must be at least two, ascending");
  if (error_.constant == 0 && error_.factor == 0 && error_.sine == 0) {
    throw parameters.blame("score_error.error", "must not be 0 without another error of the score");
  }
  const auto law = found.law(0);
  const auto* mixture = dynamic_cast<const Mixture*>(law.get());
  if (mixture == nullptr || !std::ranges::all_of(mixture->components(), [](const Component& c) {
        return c.along[0].normal();
      })) {
    throw parameters.blame("problem.kind", "must start from a mixture of normal laws, or points");
  }
  require_steps(parameters, *mixture);
  return found;
}

/// A step must not carry a particle beyond the centre that its score draws it to.
void ScoreError::require_steps(const Parameters& parameters, const Mixture& mixture) const {
  double least = std::numeric_limits<double>::infinity();
  for (const auto& component : mixture.components()) {
    lower(least, component.along[0].sd * component.along[0].sd);
  }
  const double g = (1 + lambdas_.back()) / 2 * (1 + std::max(error_.factor, 0.0));
  const double part = -std::expm1(-std::log((least + last_) / (least + first_)) / steps_);
  if (g * part < 1) return;
  throw parameters.blame("score_error.steps",
                         fmt::format("are too few for lambda = {:g}: at least {:.0f}",
                                     lambdas_.back(), std::ceil(steps_ * g * part) + 1));
}

std::optional<WrongScore> ScoreError::model(const Process& process) const {
  const auto variance = normal_variance(process, first_);
  if (!variance || process.law(first_)->moments().mean[0] != 0 || error_.sine != 0) return {};
  return WrongScore{.variance = *variance, .error = error_, .first = first_, .last = last_};
}

WrongWalk ScoreError::walk(const Process& process, std::size_t which) const {
  const auto law = process.law(0);
  Clusters clusters{.dimension = 1, .weights = {}, .means = {}, .variances = {}};
  for (const auto& [weight, along] : dynamic_cast<const Mixture&>(*law).components()) {
    clusters.weights.push_back(weight);
    clusters.means.push_back(along[0].mean());
    clusters.variances.push_back(along[0].sd * along[0].sd);
  }
  const double least = std::ranges::min(clusters.variances);
  return {.clusters = clusters,
          .error = error_,
          .lambda = lambdas_[which],
          .times = even_times(least, first_, last_, steps_),
          .particles = particles_,
          .seed = static_cast<std::uint64_t>(seed_),
          .stream = static_cast<std::uint32_t>(2 + 2 * which)};
}

WrongRun ScoreError::run_with(const Grid& grid, const Process& process, std::size_t which) const {
  WrongWalk walked = walk(process, which);
  CellCounts wrong{grid}, right{grid};
  WrongRun run{.lambda = walked.lambda, .particles = static_cast<double>(particles_)};
  run.found = wrong_paths(walked, grid, wrong);
  walked.error = {.constant = 0};
  ++walked.stream;
  run.right = wrong_paths(walked, grid, right);
  const auto law = process.law(first_);
  const auto ends = cell_shares(wrong, grid, *law, particles_);
  constexpr double many = std::numeric_limits<double>::infinity();
  run.end = sampled_divergence(ends.found, ends.expected, run.particles, many);
  run.between = sampled_divergence(ends.found, cell_shares(right, grid, *law, particles_).found,
                                   run.particles, run.particles);
  const double g = (1 + run.lambda) / 2;
  run.girsanov = g * g / (2 * run.lambda) * run.found.square;
  run.girsanov_error = std::sqrt(2 * run.girsanov / run.particles);
  if (const auto known = model(process)) {
    run.exact = known->end(run.lambda);
    run.stepwise = known->by_steps(run.lambda, walked.times);
    run.girsanov = run.stepwise->path;
    run.girsanov_error = 0;
  }
  if (is_constant()) {
    run.girsanov = constant_path(error_.constant, run.lambda, first_, last_);
    run.girsanov_error = 0;
  }
  return run;
}

void ScoreError::add_checks(Experiment& experiment, const std::optional<WrongScore>& model,
                            const std::vector<WrongRun>& runs) const {
  const auto add = [&](const Checks& checks, const std::string& otherwise) {
    for (const Check& check : checks) experiment.add(check);
    if (checks.empty()) experiment.say(otherwise);
  };
  add(path_checks(runs), "");
  if (experiment.checks().back().name != "control_factor") {
    experiment.say("control_factor: left out, the particles could not tell 1/lambda from 1");
  }
  add(weight_checks(runs), "weights: left out, dP/dQ varies too much for so few particles");
  if (is_constant()) {
    add(least_path_checks(runs), "least_path: left out, 1 is not among score_error.lambdas");
  }
  if (!model) return;
  add(equation_checks(*model, lambda_powers()), "");
  add(end_checks(*model, runs), "");
  if (!is_constant()) return;
  add(constant_checks(*model, lambda_powers()), "");
  if (model->reach() < 2) {
    experiment.say(fmt::format("end_falls: left out, ln(a_T/a_0) = {:.4g} < 2", model->reach()));
  }
  add(shift_controls(runs), "control_shift: left out, the particles could not tell the lambdas");
}

void ScoreError::run(Experiment& experiment) const {
  const Process& walked = process(experiment);
  const auto known = model(walked);
  Recorder& record = experiment.open(score_error_layout(experiment, known.has_value()), {});
  const Grid& grid = experiment.problem().grid();
  Progress progress{static_cast<int>(lambdas_.size()), grid.comm()};
  progress.heading(fmt::format("{:>10} {:>12} {:>12} {:>12}", "lambda", "mean", "KL path", "end"));
  std::vector<WrongRun> runs;
  for (std::size_t i = 0; i < lambdas_.size(); ++i) {
    runs.push_back(run_with(grid, walked, i));
    const WrongRun& run = runs.back();
    progress.show(static_cast<int>(i) + 1,
                  fmt::format("{:>10.4g} {:>12.6f} {:>12.6f} {:>12.6f}", run.lambda, run.found.mean,
                              run.found.log_ratio.value, run.end.value));
  }
  record_runs(record, known, runs);
  add_checks(experiment, known, runs);
}

}  // namespace

std::unique_ptr<Study> score_error() {
  return std::make_unique<ScoreError>();
}

}  // namespace feller
