/// A wrong score in reverse processes with any amount of noise lambda (score/wrong_score.hpp): by
/// Girsanov's theorem and data processing, for an error e_t of the score,
///
///     KL(end) <= KL(path) = (1 + lambda)^2 / (8 lambda) int E|e_t|^2 dt,   least at lambda = 1.
///
/// For a constant error on a normal population both sides are known, so that the bound can be seen
/// beside what it bounds: the end's KL falls with lambda, on and on.
///
/// Controls: the lambda that is best for the bound is not best for the end; the shift of one lambda
/// for another.

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "studies/program/progress.hpp"
#include "studies/score/exploding.hpp"
#include "studies/score/wrong_score.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

/// Particles that went back with one lambda.
struct Walk {
  double lambda;
  WrongScore::MeanVariance found, stepwise, exact;
  double mean_error, variance_error;  ///< standard errors
};

class ScoreError : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  WrongScore model(const Experiment& experiment) const;
  FileLayout layout(const Experiment& experiment) const;
  Walk walk(MPI_Comm comm, const WrongScore& model, std::size_t which) const;
  void add_checks(Experiment& experiment, const WrongScore& model) const;
  void add_particle_checks(Experiment& experiment, const WrongScore& model,
                           const std::vector<Walk>& walks) const;

  double error_ = 0.1;
  double first_ = 0.01;
  double last_ = 100;
  std::vector<double> lambdas_{0.25, 1, 4};
  std::int64_t particles_ = 200'000;
  int steps_ = 400;
  std::int64_t seed_ = 1;
};

/// From 1/64 to 1024, 1 among them.
std::vector<double> curve() {
  std::vector<double> found;
  for (int k = -12; k <= 20; ++k) found.push_back(std::pow(2.0, k / 2.0));
  return found;
}

/// Runge and Kutta's error, h^4 (1 + lambda)^5 of them, is below it for all of the curve.
constexpr int equation_steps = 100'000;
constexpr double equation_bound = 1e-9;

void ScoreError::declare(Parameters& p) {
  p.add("score_error.error", error_,
        {.meaning = "b, by which the score is wrong", .unit = "1/L", .range = range::positive});
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
        {.meaning = "their steps, uniform in ln(s^2 + t)", .range = {.low = 10, .high = 1e6}});
  p.add("score_error.seed", seed_,
        {.meaning = "which noise drives the particles", .range = range::not_negative});
}

WrongScore ScoreError::model(const Experiment& experiment) const {
  const Parameters& parameters = experiment.parameters();
  const Process& process = exploding_process(experiment);
  if (!(first_ < last_)) {
    throw parameters.blame("score_error.last", "must be beyond score_error.first");
  }
  bool ascends = lambdas_.size() >= 2;
  for (std::size_t i = 1; i < lambdas_.size(); ++i) ascends &= lambdas_[i - 1] < lambdas_[i];
  if (!ascends) throw parameters.blame("score_error.lambdas", "must be at least two, ascending");
  const auto variance = normal_variance(process, first_);
  if (!variance || process.law(first_)->moments().mean[0] != 0) {
    throw parameters.blame("problem.kind", "must start from a normal population with mean 0");
  }
  return {.variance = *variance, .error = error_, .first = first_, .last = last_};
}

FileLayout ScoreError::layout(const Experiment& experiment) const {
  FileLayout layout = experiment.layout("divergence");
  const Labels lambda{"lambda", "noise lambda", "1"};
  layout.tables = {
      {.name = "divergence",
       .title = "relative entropy by a wrong score",
       .axis = lambda,
       .columns = {{"end", "of the end", "nat"}, {"bound", "of the path: Girsanov's bound", "nat"}},
       .log_axis = true,
       .log_signal = true,
       .together = true},
      {.name = "shift",
       .title = "shift of the end by a wrong score",
       .axis = lambda,
       .columns = {{"particles", "particles", "L"},
                   {"law", "law", "L"},
                   {"stepwise", "law of Euler's steps", "L"},
                   {"error", "standard error of the particles", "L"}},
       .log_axis = true,
       .together = true,
       .signals = 3,
       .points = 1}};
  return layout;
}

Walk ScoreError::walk(MPI_Comm comm, const WrongScore& model, std::size_t which) const {
  const double lambda = lambdas_[which];
  const Times times = model.times(steps_);
  Walk walk{.lambda = lambda,
            .found = reverse_particles(comm, model, lambda, times, particles_,
                                       static_cast<std::uint64_t>(seed_),
                                       static_cast<std::uint32_t>(which)),
            .stepwise = model.by_steps(lambda, times),
            .exact = {model.shift(lambda), model.end_variance()}};
  const auto count = static_cast<double>(particles_);
  walk.mean_error = std::sqrt(walk.stepwise.variance / count);
  walk.variance_error = walk.stepwise.variance * std::sqrt(2 / count);
  return walk;
}

void ScoreError::add_checks(Experiment& experiment, const WrongScore& model) const {
  double worst = 0, largest = 0, best = std::numeric_limits<double>::infinity(), where = 0;
  for (const double lambda : curve()) {
    const auto [mean, variance] = model.by_equations(lambda, equation_steps);
    raise(worst, std::abs(mean / model.shift(lambda) - 1));
    raise(worst, std::abs(variance / model.end_variance() - 1));
    raise(largest, model.divergence(lambda) / model.path_divergence(lambda));
    if (lower(best, model.path_divergence(lambda))) where = lambda;
  }
  experiment.add({.name = "equations",
                  .claim = "largest relative distance of mean and variance at the end, by their "
                           "equations, from delta and s^2 + t_0, lambda from 1/64 to 1024",
                  .measured = worst,
                  .bound = equation_bound,
                  .statement = "V19"});
  experiment.add({.name = "bound",
                  .claim = "largest KL(end) / ((1 + lambda)^2 / (8 lambda) int E|e|^2 dt)",
                  .measured = largest,
                  .bound = 1,
                  .statement = "V19"});
  experiment.add({.name = "best_bound",
                  .claim = fmt::format("the bound is least, {:.5g}, at lambda = {:g}: its distance "
                                       "from 1",
                                       best, where),
                  .measured = std::abs(where - 1),
                  .bound = 0,
                  .statement = "V19"});
  const double most = curve().back(), one = model.divergence(1);
  experiment.add(
      {.name = "limit",
       .claim = fmt::format("delta at lambda = {:g} over its limit b a_0, |ratio - 1|; bound "
                            "1 / (g - 1)",
                            most),
       .measured = std::abs(model.shift(most) / (model.error * model.end_variance()) - 1),
       .bound = (1 + 1e-12) / ((1 + most) / 2 - 1),
       .statement = "V19"});
  experiment.add({.name = "control_best",
                  .claim = fmt::format("lambda = 1 taken for the best at the end: KL {:.5g} there, "
                                       "{:.5g} at lambda = {:g}; ratio - 1",
                                       one, model.divergence(most), most),
                  .measured = one / model.divergence(most) - 1,
                  .relation = Relation::greater,
                  .bound = 10 * 2 * equation_bound,
                  .is_control = true,
                  .statement = "V19"});
}

void ScoreError::add_particle_checks(Experiment& experiment, const WrongScore& model,
                                     const std::vector<Walk>& walks) const {
  double mean = 0, variance = 0, stepwise = 0;
  for (const Walk& w : walks) {
    const double bias = std::abs(w.stepwise.mean - w.exact.mean);
    const double excess = std::abs(w.stepwise.variance - w.exact.variance);
    raise(mean, std::abs(w.found.mean - w.exact.mean) / (4 * w.mean_error + bias));
    raise(variance,
          std::abs(w.found.variance - w.exact.variance) / (4 * w.variance_error + excess));
    raise(stepwise, std::abs(w.found.mean - w.stepwise.mean) / w.mean_error);
    raise(stepwise, std::abs(w.found.variance - w.stepwise.variance) / w.variance_error);
  }
  experiment.add({.name = "particles_mean",
                  .claim = "largest |mean of the particles - delta| over 4 standard errors and the "
                           "error of the steps",
                  .measured = mean,
                  .bound = 1,
                  .statement = "V19"});
  experiment.add({.name = "particles_variance",
                  .claim = "largest |their variance - s^2 - t_0| over the same",
                  .measured = variance,
                  .bound = 1,
                  .statement = "V19"});
  experiment.add({.name = "particles_steps",
                  .claim = "mean and variance of the particles against those of the steps, largest "
                           "distance in standard errors",
                  .measured = stepwise,
                  .bound = 4,
                  .statement = "V19"});
  const Walk &few = walks.front(), &many = walks.back();
  experiment.add(
      {.name = "control_shift",
       .claim = fmt::format("delta of lambda = {:g}, {:.5f}, taken for that of {:g}: the particles "
                            "have {:.5f}; in units of the claim's bound",
                            few.lambda, few.exact.mean, many.lambda, many.found.mean),
       .measured = std::abs(many.found.mean - few.exact.mean) /
                   (4 * many.mean_error + std::abs(many.stepwise.mean - many.exact.mean)),
       .relation = Relation::greater,
       .bound = 10,
       .is_control = true,
       .statement = "V19"});
  experiment.say(fmt::format("at lambda = 1: KL(end) {:.5g}, bound {:.5g}", model.divergence(1),
                             model.path_divergence(1)));
}

void ScoreError::run(Experiment& experiment) const {
  const WrongScore wrong = model(experiment);
  Recorder& record = experiment.open(layout(experiment), {});
  for (const double lambda : curve()) {
    record.row("divergence", {lambda, wrong.divergence(lambda), wrong.path_divergence(lambda)});
  }
  const MPI_Comm comm = experiment.problem().grid().comm();
  Progress progress{static_cast<int>(lambdas_.size()), comm};
  progress.heading(fmt::format("{:>10} {:>12} {:>12}", "lambda", "mean", "delta"));
  std::vector<Walk> walks;
  for (std::size_t i = 0; i < lambdas_.size(); ++i) {
    walks.push_back(walk(comm, wrong, i));
    const Walk& w = walks.back();
    progress.show(static_cast<int>(i) + 1, fmt::format("{:>10.4g} {:>12.6f} {:>12.6f}", w.lambda,
                                                       w.found.mean, w.exact.mean));
    record.row("shift", {w.lambda, w.found.mean, w.exact.mean, w.stepwise.mean, w.mean_error});
  }
  add_checks(experiment, wrong);
  add_particle_checks(experiment, wrong, walks);
}

}  // namespace

std::unique_ptr<Study> score_error() {
  return std::make_unique<ScoreError>();
}

}  // namespace feller
