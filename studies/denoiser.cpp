/// The score of data under noise, z(t) = y + sqrt(t) eps, and denoisers learned from samples
/// (McAllester, (13) to (15) and (21)):
///
///     grad ln p_t(z) = (E[y|t,z] - z)/t,     E[y|t,.] = argmin E|yhat(t, z) - y|^2,
///     yhat(t, z) = sum_kj c_kj phi_k((z - E y)/sqrt(v + t)) P_j(ln t)
///
/// the score in closed form, by the posterior, by quadrature, by differences and by the
/// Fokker-Planck equation on a grid; coefficients by least squares (LSQR) at single levels t and
/// over all of them, the excess risk by quadrature against the exact E[y|t,z] and on other samples.
///
/// Controls: the fourth line of (21) and (13) as printed; features of z instead of z/sqrt(v + t).

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/processes/process.hpp"
#include "studies/chain/chain_problem.hpp"
#include "studies/score/denoiser_checks.hpp"
#include "studies/score/denoiser_layout.hpp"
#include "studies/score/denoiser_lessons.hpp"
#include "studies/score/score_checks.hpp"
#include "studies/score/score_on_grid.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class Denoiser : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  DenoiserPlan plan(const Experiment& experiment) const;
  void require_power(const Parameters& p, const DenoiserPlan& plan,
                     const Mixture& population) const;
  void require_size(const Parameters& p, const DenoiserPlan& plan, int dimension) const;
  void compare_scores_at(Experiment& experiment, const Mixture& population,
                         const std::vector<double>& times) const;
  void compare_grids(Experiment& experiment, Recorder& recorder, const Problem& coarse,
                     const std::vector<double>& levels) const;

  std::vector<double> times_{0.01, 0.1, 1, 10};
  std::string features_ = "splines";
  int count_ = 16;
  double reach_ = 3;
  int in_time_ = 8;
  double first_ = 0.1;
  double last_ = 100;
  double furthest_ = 1e4;
  std::int64_t samples_ = 65536;
  int replicates_ = 16;
  std::int64_t particles_ = 65536;
  int steps_ = 128;
  std::int64_t seed_ = 1;
};

void Denoiser::declare(Parameters& p) {
  p.add("denoiser.times", times_,
        {.meaning = "levels of noise t at which denoisers are learned one by one, ascending",
         .unit = "L^2",
         .range = range::positive});
  p.add("denoiser.features", features_,
        {.meaning = "functions whose sum a denoiser is",
         .choices = {"monomials", "hermite", "radial", "splines"}});
  p.add("denoiser.count", count_,
        {.meaning = "of them along an axis; of polynomials the degree + 1",
         .range = {.low = 2, .high = 64}});
  p.add("denoiser.reach", reach_,
        {.meaning = "of centres and knots, in standard deviations of z",
         .range = {.low = 0.5, .high = 10}});
  p.add("denoiser.in_time", in_time_,
        {.meaning = "polynomials in ln t, in the fit over all levels",
         .range = {.low = 1, .high = 32}});
  p.add("denoiser.first", first_,
        {.meaning = "the least level of that fit", .unit = "L^2", .range = range::positive});
  p.add("denoiser.last", last_, {.meaning = "the last", .unit = "L^2", .range = range::positive});
  p.add("denoiser.furthest", furthest_,
        {.meaning = "the last level at which condition numbers are found",
         .unit = "L^2",
         .range = range::positive});
  p.add("denoiser.samples", samples_,
        {.meaning = "that a denoiser is learned from", .range = {.low = 4096, .high = 1e8}});
  p.add("denoiser.replicates", replicates_,
        {.meaning = "fits for the mean excess risk", .range = {.low = 8, .high = 4096}});
  p.add("denoiser.particles", particles_,
        {.meaning = "that go back from denoiser.last to denoiser.first with the learned denoiser",
         .range = {.low = 1024, .high = 5e7}});
  p.add("denoiser.steps", steps_,
        {.meaning = "they take, uniform in ln t", .range = {.low = 16, .high = 65536}});
  p.add("denoiser.seed", seed_, {.meaning = "of the samples", .range = range::not_negative});
}

DenoiserPlan Denoiser::plan(const Experiment& experiment) const {
  const Parameters& p = experiment.parameters();
  const int dimension = experiment.problem().grid().dimension();
  if (times_.empty() || times_.size() > 8) {
    throw p.blame("denoiser.times", "must be one to eight levels");
  }
  if (!std::ranges::is_sorted(times_, std::ranges::less_equal{})) {
    throw p.blame("denoiser.times", "must ascend");
  }
  if (times_.front() < 1e-4 || times_.back() > 1e4) {
    throw p.blame("denoiser.times", "must be in [0.0001, 10000]");
  }
  if (!(first_ < last_) || first_ < 1e-4) {
    throw p.blame("denoiser.last", "must be beyond denoiser.first, and that at least 0.0001");
  }
  DenoiserPlan plan{.features = {.kind = feature_kind(features_),
                                 .count = count_,
                                 .reach = reach_,
                                 .in_time = in_time_,
                                 .first = first_,
                                 .last = last_},
                    .times = times_,
                    .first = first_,
                    .last = last_,
                    .samples = samples_,
                    .replicates = replicates_,
                    .particles = particles_,
                    .steps = steps_,
                    .seed = static_cast<std::uint64_t>(seed_)};
  const bool polynomial = is_polynomial(plan.features.kind);
  if (polynomial && count_ > 16) {
    throw p.blame("denoiser.count", "must be at most 16 for polynomials");
  }
  if (!polynomial && count_ < 4) {
    throw p.blame("denoiser.count", "must be at least 4 for radial functions and splines");
  }
  // A thousandth of the samples goes to each feature of the smallest fits.
  const int alone = feature_count(plan.one_level(), dimension);
  if (alone * in_time_ > 1000 || 64.0 * 4 * alone > static_cast<double>(samples_)) {
    throw p.blame("denoiser.count",
                  fmt::format("makes {} features for a level, {} with those in time: at most 1000, "
                              "and 256 samples for each of a level",
                              alone, alone * in_time_));
  }
  require_power(p, plan, *experiment.problem().process()->population());
  require_size(p, plan, dimension);
  return plan;
}

/// Far enough for features without scaling to be seen to fail.
void Denoiser::require_power(const Parameters& p, const DenoiserPlan& plan,
                             const Mixture& population) const {
  const double v = mean_variance(population);
  // The condition number of raw polynomials of degree d grows like (t/v)^(d/2); local functions are
  // constant beyond their reach, where most of the law is once it is ten times as wide.
  const bool polynomial = is_polynomial(plan.features.kind);
  const double far = !polynomial ? 100 * std::max(1.0, reach_ * reach_) : count_ == 2 ? 1e4 : 100;
  const double least = std::max(100 * times_.front(), far * v);
  if (furthest_ < least) {
    throw p.blame(
        "denoiser.furthest",
        fmt::format("must be at least {:.6g}, far beyond the variance of the data ({:.4g}) and the "
                    "first of denoiser.times",
                    least, v));
  }
}

/// Of the largest matrix of features on all ranks, and of the work.
void Denoiser::require_size(const Parameters& p, const DenoiserPlan& plan, int dimension) const {
  constexpr double bytes = 4e9, work = 1e11;
  const double alone = feature_count(plan.one_level(), dimension);
  double largest = alone * in_time_;
  for (const int count : plan.counts(dimension)) {
    raise(largest, feature_count(plan.one_level(count), dimension));
  }
  const auto samples = static_cast<double>(samples_);
  if (samples * largest * 8 > bytes) {
    throw p.blame(
        "denoiser.samples",
        fmt::format("times {:g} features is a matrix of {:.3g} GB: at most {:g}, for {:g} "
                    "samples",
                    largest, samples * largest * 8 / 1e9, bytes / 1e9,
                    std::floor(bytes / 8 / largest)));
  }
  if (samples * alone * replicates_ > work) {
    throw p.blame("denoiser.replicates",
                  fmt::format("times samples and features is {:.3g}: at most {:g}",
                              samples * alone * replicates_, work));
  }
  const double moves = static_cast<double>(particles_) * steps_ * alone;
  if (moves > work) {
    throw p.blame("denoiser.particles",
                  fmt::format("times steps and features is {:.3g}: at most {:g}", moves, work));
  }
}

void Denoiser::compare_scores_at(Experiment& experiment, const Mixture& population,
                                 const std::vector<double>& times) const {
  std::vector<ScoreWays> ways;
  for (const double t : times) ways.push_back(compare_scores(population, t));
  for (auto& check : score_checks(times, ways, population.dimension())) experiment.add(check);
}

void Denoiser::compare_grids(Experiment& experiment, Recorder& recorder, const Problem& coarse,
                             const std::vector<double>& levels) const {
  std::vector<std::vector<double>> errors{grid_score_errors(coarse, levels),
                                          grid_score_errors(experiment.problem(), levels)};
  if (coarse.grid().dimension() == 1) {
    errors.push_back(grid_score_errors(*experiment.refined_problem(2), levels));
  }
  double cells = coarse.grid().axis(0).cells;
  for (const auto& of_grid : errors) {
    std::vector<double> row{cells};
    row.insert(row.end(), of_grid.begin(), of_grid.end());
    recorder.row("grids", row);
    cells *= 2;
  }
  experiment.add(grid_check(levels, errors));
}

void Denoiser::run(Experiment& experiment) const {
  require_chain_process(experiment);
  const DenoiserPlan plan = this->plan(experiment);
  const auto population = experiment.problem().process()->population();
  const MPI_Comm comm = experiment.problem().grid().comm();
  const auto coarse = experiment.coarser_problem();
  const auto on_grid = coarse ? levels_on_grid(*coarse, times_) : std::vector<double>{};
  Recorder& recorder = experiment.open(denoiser_layout(experiment, plan, on_grid), {});
  compare_scores_at(experiment, *population, times_);
  if (on_grid.empty()) {
    experiment.say(
        "score on the grid: left out, as the grid with half as many cells has less than three for "
        "a standard deviation");
  } else {
    compare_grids(experiment, recorder, *coarse, on_grid);
  }
  const Lessons lessons{*population, plan, comm};
  lessons.learn(experiment, recorder);
  lessons.climb(experiment, recorder);
  lessons.compare_scales(experiment, recorder, furthest_);
  if (is_polynomial(plan.features.kind)) {
    experiment.add(score_matching_check(*population, plan, comm));
  }
  experiment.add(normal_check(*population, plan, comm));
}

}  // namespace

std::unique_ptr<Study> denoiser_study() {
  return std::make_unique<Denoiser>();
}

}  // namespace feller
