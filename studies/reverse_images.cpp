/// Reverse processes of a set of pictures (studies/score/image_population.hpp): with the exact
/// score (E[y|t,z] - z)/t, E[y|t,z] the softmax-weighted mean of the pictures, noise turns into
///
///     one of the pictures, chosen with its weight, plus sqrt(t_0) eps
///     one of those that fit, with the exact conditional weight, where half of the pixels is known
///
/// Control: pictures chosen without knowing the half.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/distribute.hpp"
#include "solvers/block_sums.hpp"
#include "studies/program/progress.hpp"
#include "studies/score/image_population.hpp"
#include "studies/score/reverse_law.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

/// Fixed, as the noise of a particle depends on it; small, as a block is to fit the cache.
constexpr int block = 16;
/// Of the first block, which rank 0 has.
constexpr int shown = 8;

/// What reverse samples came to.
struct Outcome {
  std::vector<double> counts;              ///< how many are nearest to each picture
  double squares = 0;                      ///< mean of |z - m|^2/n, m the nearest
  double furthest = 0;                     ///< largest of them
  std::vector<std::vector<double>> first;  ///< a few samples, on rank 0
};

class ReverseImages : public Study {
 public:
  void declare(Parameters& p) override;
  void run(Experiment& experiment) const override;

 private:
  void validate(const Experiment& experiment) const;
  Clusters given_half(const Parameters& parameters, const ImagePopulation& population,
                      const Grid& grid) const;
  Outcome sample(MPI_Comm comm, const Clusters& points, std::uint64_t seed, Progress& progress,
                 int done) const;
  std::vector<double> times() const { return log_times(from_, to_, steps_); }
  ReverseScheme scheme() const { return ReverseScheme::heun; }
  void add_checks(Experiment& experiment, const Clusters& all, const Clusters& some,
                  const Outcome& free, const Outcome& completed) const;
  void show(Experiment& experiment, Recorder& record, const std::string& name,
            const std::vector<std::vector<double>>& pictures) const;

  std::filesystem::path folder_;
  std::vector<double> weights_;
  std::string known_image_;
  double known_sd_ = 0.05;
  double lambda_ = 1;
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
         .range = range::positive});
  p.add("reverse_images.known", known_image_,
        {.meaning = "name, without .png, of the picture whose left half is known; default: the "
                    "first"});
  p.add("reverse_images.known_sd", known_sd_,
        {.meaning = "noise of the known pixels, in units in which black is -1 and white 1",
         .range = range::positive});
  p.add("reverse_images.lambda", lambda_,
        {.meaning = "member of the reverse family", .range = range::not_negative});
  p.add("reverse_images.from", from_, {.meaning = "T", .unit = "T", .range = range::positive});
  p.add("reverse_images.to", to_, {.meaning = "t_0 < T", .unit = "T", .range = range::positive});
  p.add("reverse_images.steps", steps_,
        {.meaning = "equal in ln t, by Heun's scheme", .range = {.low = 1, .high = 1e6}});
  p.add("reverse_images.samples", samples_,
        {.meaning = "with and without a known half", .range = {.low = 100}});
  p.add("reverse_images.seed", seed_, {.meaning = "of the noise", .range = range::not_negative});
}

void ReverseImages::validate(const Experiment& experiment) const {
  const Parameters& p = experiment.parameters();
  require_grey_image(p, experiment.problem());
  if (!(to_ < from_)) throw p.blame("reverse_images.to", "must be less than reverse_images.from");
}

Clusters ReverseImages::given_half(const Parameters& parameters, const ImagePopulation& population,
                                   const Grid& grid) const {
  const auto& names = population.names;
  const auto found = known_image_.empty() ? names.begin() : std::ranges::find(names, known_image_);
  if (found == names.end()) {
    throw parameters.blame("reverse_images.known", "is no picture of the folder");
  }
  const Clusters& all = population.points;
  const auto which = static_cast<std::size_t>(found - names.begin());
  std::vector<std::size_t> known;
  std::vector<double> values;
  for_each(grid.whole(), [&](const Index& k) {
    if (2 * k[0] >= grid.axis(0).cells) return;
    known.push_back(static_cast<std::size_t>(grid.natural(k)));
    values.push_back(all.means[which * all.dimension + known.back()]);
  });
  const auto weights = weights_given(all, known, values, known_sd_);
  Clusters some{all};
  // The logarithm of a weight must be finite; 1e-300 is chosen never.
  for (std::size_t k = 0; k < all.size(); ++k) some.weights[k] = std::max(weights[k], 1e-300);
  return some;
}

Outcome ReverseImages::sample(MPI_Comm comm, const Clusters& points, std::uint64_t seed,
                              Progress& progress, int done) const {
  const int blocks = (samples_ + block - 1) / block;
  const auto pictures = static_cast<int>(points.size());
  BlockSums sums{blocks, pictures + 1};
  ReverseParticles particles{points, seed};
  Outcome outcome;
  for (int b = rank_of(comm); b < blocks; b += size_of(comm)) {
    const auto first = static_cast<std::uint64_t>(b) * block;
    const auto count = static_cast<std::size_t>(std::min(block, samples_ - b * block));
    auto z = particles.start_exact(from_, first, count);
    particles.carry(z, first, times(), 1, reverse_motion(lambda_), scheme());
    for (std::size_t p = 0; p < count; ++p) {
      const auto [k, square] = nearest(points, z, count, p);
      sums.of(b)[k] += 1;
      sums.of(b)[points.size()] += square;
      raise(outcome.furthest, square);
      if (b > 0 || p >= shown) continue;
      outcome.first.emplace_back();
      for (std::size_t a = 0; a < points.dimension; ++a) {
        outcome.first.back().push_back(z[a * count + p]);
      }
    }
    const int now = done + 50 * (b + 1) / blocks;
    if (progress.due(now)) progress.show(now, fmt::format("{:>7} %", now));
  }
  outcome.counts = sums.total(comm);
  outcome.squares = outcome.counts.back() / samples_;
  outcome.counts.pop_back();
  outcome.furthest = maximum(comm, outcome.furthest);
  return outcome;
}

void ReverseImages::add_checks(Experiment& experiment, const Clusters& all, const Clusters& some,
                               const Outcome& free, const Outcome& completed) const {
  const double n = static_cast<double>(all.dimension);
  const double exact =
      stepped_normal({0, 0}, {0, from_}, times(), 1, reverse_motion(lambda_), scheme()).variance;
  const double error = exact * std::sqrt(2 / (n * samples_));
  const auto back = [&](const std::string& name, const std::string& words, const Outcome& o) {
    experiment.add(
        {.name = name,
         .claim = fmt::format("{}: mean of |z - nearest picture|^2/n is {:.4g}, furthest {:.4g}, "
                              "t_0 = {:g}; against {:.6g}, what the scheme's steps leave of the "
                              "noise, in standard errors",
                              words, o.squares, o.furthest, to_, exact),
         .measured = std::abs(o.squares - exact) / error,
         .bound = 4,
         .statement = "V19"});
  };
  back("nearest", "noise returns to the population", free);
  back("nearest_completed", "completed halves", completed);
  experiment.add({.name = "chosen",
                  .claim = "how often each picture comes out against its weight, chi-square as a "
                           "normal score",
                  .measured = choice_score(free.counts, all.shares()),
                  .bound = 4,
                  .statement = "V19"});
  experiment.add({.name = "completed",
                  .claim = "with the left half known: how often each picture comes out against its "
                           "exact conditional weight, chi-square as a normal score",
                  .measured = choice_score(completed.counts, some.shares()),
                  .bound = 4,
                  .statement = "V19"});
  experiment.add({.name = "control_completed",
                  .claim = "the same by the score that does not know the half",
                  .measured = choice_score(free.counts, some.shares()),
                  .relation = Relation::at_least,
                  .bound = 40,
                  .is_control = true,
                  .statement = "V19"});
}

void ReverseImages::show(Experiment& experiment, Recorder& record, const std::string& name,
                         const std::vector<std::vector<double>>& pictures) const {
  const Problem& problem = experiment.problem();
  const double offset = problem.quantity().offsets.front();
  for (int i = 0; i < shown; ++i) {
    std::vector<double> levels;
    if (rank_of(problem.grid().comm()) == 0) {
      levels = pictures[static_cast<std::size_t>(i)];
      for (double& u : levels) u = 127.5 * (u + 1) + offset;
    }
    record.picture(fmt::format("{}{}", name, i + 1), fmt::format("{} {}", name, i + 1),
                   {scatter(problem.grid(), levels)});
  }
}

void ReverseImages::run(Experiment& experiment) const {
  validate(experiment);
  const Grid& grid = experiment.problem().grid();
  const Parameters& parameters = experiment.parameters();
  ImagePopulation population = read_population(parameters, "reverse_images.folder", folder_,
                                               grid.axis(0).cells, grid.axis(1).cells);
  Clusters& all = population.points;
  apply_weights(parameters, "reverse_images.weights", weights_, all);
  const Clusters some = given_half(parameters, population, grid);
  FileLayout layout = experiment.layout("chosen");
  layout.tables = {{.name = "chosen",
                    .title = "how often each picture comes out",
                    .axis = {"picture", "number of the picture", "1"},
                    .columns = {{"expected", "expected by its weight", "1"},
                                {"found", "found", "1"},
                                {"expected_half", "expected, left half known", "1"},
                                {"found_half", "found, left half known", "1"}},
                    .together = true}};
  std::vector<std::string> names;
  for (const std::string name : {"sample", "completed"}) {
    for (int i = 1; i <= shown; ++i) names.push_back(fmt::format("{}{}", name, i));
  }
  Recorder& record = experiment.open(layout, names);
  record.set_sheet_columns(shown);

  Progress progress{100, grid.comm()};
  progress.heading(fmt::format("{:>9}", "done"));
  const auto seed = static_cast<std::uint64_t>(seed_);
  const Outcome free = sample(grid.comm(), all, seed, progress, 0);
  const Outcome completed = sample(grid.comm(), some, seed + 1, progress, 50);
  add_checks(experiment, all, some, free, completed);
  const auto share = all.shares(), share_half = some.shares();
  for (std::size_t k = 0; k < all.size(); ++k) {
    record.row("chosen", {double(k + 1), share[k] * samples_, free.counts[k],
                          share_half[k] * samples_, completed.counts[k]});
  }
  show(experiment, record, "sample", free.first);
  show(experiment, record, "completed", completed.first);
}

}  // namespace

std::unique_ptr<Study> reverse_images() {
  return std::make_unique<ReverseImages>();
}

}  // namespace feller
