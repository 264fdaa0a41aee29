/// Reverse processes of a set of pictures (studies/score/image_population.hpp): with the exact
/// score (E[y|t,z] - z)/t, E[y|t,z] the softmax-weighted mean of the pictures, noise turns into
///
///     one of the pictures, chosen with its weight, plus sqrt(t_0) eps
///     one of those that fit, with the exact conditional weight, where half of the pixels is known
///
/// on ladders of time grids. Controls: pictures chosen without knowing the half, and the
/// replacement method (studies/score/image_completion.hpp), whose choices do not become the exact
/// ones as the steps become short.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/program/progress.hpp"
#include "studies/score/image_checks.hpp"
#include "studies/score/image_population.hpp"
#include "studies/score/image_record.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

/// Of completed pictures: all steps, and 2, 4 and 8 times as long ones.
constexpr int ladder = 8;

class ReverseImages : public Study {
 public:
  void declare(Parameters& p) override;
  void run(Experiment& experiment) const override;

 private:
  void validate(const Experiment& experiment) const;
  void apply_weights(const Parameters& parameters, Clusters& points) const;
  std::size_t which_is_known(const Parameters& parameters, const ImagePopulation& population) const;
  ImagePlan plan() const;
  ImageRuns run_all(MPI_Comm comm, const Clusters& all, const KnownPixels& known) const;

  std::filesystem::path folder_;
  std::vector<double> weights_;
  std::string known_image_;
  double known_sd_ = 0.2;
  double lambda_ = 1;
  std::string start_ = "exact";
  double from_ = 1000;
  double to_ = 1e-3;
  int steps_ = 80;
  int samples_ = 512;
  std::int64_t seed_ = 1;
};

void ReverseImages::declare(Parameters& p) {
  p.add("reverse_images.folder", folder_,
        {.meaning = "grey PNGs of the problem's size: the population", .required = true});
  p.add("reverse_images.weights", weights_,
        {.meaning = "of the pictures in the order of their names; default: equal",
         .range = {.low = 1e-9, .high = 1e9}});
  p.add("reverse_images.known", known_image_,
        {.meaning = "name, without .png, of the picture whose left half is known; default: the "
                    "first"});
  p.add("reverse_images.known_sd", known_sd_,
        {.meaning = "noise of the known pixels, in units in which black is -1 and white 1",
         .range = {.low = 1e-4, .high = 1e4}});
  p.add("reverse_images.lambda", lambda_,
        {.meaning = "member of the reverse family", .range = {.low = 0, .high = 100}});
  p.add("reverse_images.start", start_,
        {.meaning = "drawn from the exact p_T, or from N(0, T)", .choices = {"exact", "normal"}});
  p.add("reverse_images.from", from_,
        {.meaning = "T", .unit = "T", .range = {.low = 1e-9, .high = 1e12}});
  p.add("reverse_images.to", to_,
        {.meaning = "t_0 < T", .unit = "T", .range = {.low = 1e-12, .high = 1e9}});
  p.add("reverse_images.steps", steps_,
        {.meaning = "equal in ln t, by Heun's scheme; a multiple of 8",
         .range = {.low = ladder, .high = 1e6}});
  p.add("reverse_images.samples", samples_,
        {.meaning = "of each run", .range = {.low = 100, .high = 1e7}});
  p.add("reverse_images.seed", seed_, {.meaning = "of the noise", .range = range::not_negative});
}

void ReverseImages::validate(const Experiment& experiment) const {
  const Parameters& p = experiment.parameters();
  const Problem& problem = experiment.problem();
  if (!problem.quantity().is_image || problem.channels().size() != 1) {
    throw p.blame("problem.kind", "must be osmosis with a grey image, which gives the size");
  }
  if (!(to_ < from_)) throw p.blame("reverse_images.to", "must be less than reverse_images.from");
  if (steps_ % ladder != 0) throw p.blame("reverse_images.steps", "must be a multiple of 8");
  // A step multiplies the distance to a picture by 1 - x + ..., which grows if x > 2.
  const double x = (1 + lambda_) / 2 * std::expm1(std::log(from_ / to_) / steps_);
  if (x >= 2) {
    throw p.blame("reverse_images.steps",
                  fmt::format("makes unstable steps: (1 + lambda)/2 dt/(t - dt) is {:.3g}, must be "
                              "less than 2",
                              x));
  }
}

void ReverseImages::apply_weights(const Parameters& parameters, Clusters& points) const {
  if (weights_.empty()) return;
  if (weights_.size() != points.size()) {
    throw parameters.blame(
        "reverse_images.weights",
        fmt::format("has {} entries, but there are {} pictures", weights_.size(), points.size()));
  }
  points.weights = weights_;
}

std::size_t ReverseImages::which_is_known(const Parameters& parameters,
                                          const ImagePopulation& population) const {
  const auto& names = population.names;
  const auto found = known_image_.empty() ? names.begin() : std::ranges::find(names, known_image_);
  if (found == names.end()) {
    throw parameters.blame("reverse_images.known", "is no picture of the folder");
  }
  return static_cast<std::size_t>(found - names.begin());
}

ImagePlan ReverseImages::plan() const {
  return {.from = from_,
          .to = to_,
          .lambda = lambda_,
          .steps = steps_,
          .samples = samples_,
          .exact_start = start_ == "exact"};
}

ImageRuns ReverseImages::run_all(MPI_Comm comm, const Clusters& all,
                                 const KnownPixels& known) const {
  Clusters some{all};
  const auto weights = weights_given(all, known.pixels, known.values, known.sd);
  // The logarithm of a weight must be finite; 1e-300 is chosen never.
  for (std::size_t k = 0; k < all.size(); ++k) some.weights[k] = std::max(weights[k], 1e-300);
  Progress progress{100, comm};
  progress.heading(fmt::format("{:>9}", "done"));
  ImageRuns runs{.plan = plan(), .free = {}, .completed = {}, .replaced = {}};
  const auto seed = static_cast<std::uint64_t>(seed_);
  double done = 0;
  const auto add = [&](std::vector<ImageOutcome>& to, const Clusters& pictures, int stride,
                       std::uint64_t number, bool replaced) {
    // All runs together take 1 + 1/2 + 2 (1 + 1/2 + 1/4 + 1/8) times the steps.
    const double part = 100.0 / stride / 5.25;
    to.push_back(run_images(comm, runs.plan,
                            {.pictures = pictures,
                             .known = known,
                             .replaced = replaced,
                             .stride = static_cast<std::size_t>(stride),
                             .seed = seed + number},
                            [&](double share) {
                              const int now = static_cast<int>(done + part * share);
                              if (progress.due(now)) {
                                progress.show(now, fmt::format("{:>7} %", now));
                              }
                            }));
    done += part;
  };
  for (const int stride : {2, 1}) add(runs.free, all, stride, 0, false);
  for (int stride = ladder; stride > 0; stride /= 2) {
    add(runs.completed, some, stride, 1, false);
    add(runs.replaced, all, stride, 2, true);
  }
  return runs;
}

void ReverseImages::run(Experiment& experiment) const {
  validate(experiment);
  const Grid& grid = experiment.problem().grid();
  ImagePopulation population = read_population(experiment.parameters(), "reverse_images.folder",
                                               folder_, grid.axis(0).cells, grid.axis(1).cells);
  Clusters& all = population.points;
  apply_weights(experiment.parameters(), all);
  const std::size_t which = which_is_known(experiment.parameters(), population);
  const KnownPixels known =
      known_left_half(all, which, grid.axis(0).cells, known_sd_, static_cast<std::uint64_t>(seed_));
  Recorder& record = experiment.open(image_layout(experiment), names_of_pictures());
  record.set_sheet_columns(shown_pictures);

  const ImageRuns runs = run_all(grid.comm(), all, known);
  const ImageChecks found = image_checks(all, known, runs);
  for (const auto& check : found.checks) experiment.add(check);
  for (const auto& line : found.left_out) experiment.say(line);
  record_choices(record, all, known, runs);
  show_pictures(experiment, record, all, which, known, runs);
}

}  // namespace

std::unique_ptr<Study> reverse_images() {
  return std::make_unique<ReverseImages>();
}

}  // namespace feller
