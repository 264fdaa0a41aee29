/// The chain on a photograph whose pixels are permuted, or turned into other coordinates:
///
///     T U_i(f; G) = U_i(T f; T G)          bit by bit for permutations T, to round-off otherwise
///
/// for an arbitrary permutation, a cyclic shift and a quarter turn, with noise keyed by the pixel
/// that it had; and for the orthonormal cosine transform. Controls: beta that depends on the place,
/// noise that neighbours share, and osmosis with only the image permuted.

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "studies/chain/permutation_checks.hpp"
#include "studies/chain/photograph.hpp"
#include "studies/flow/propagation.hpp"
#include "studies/program/progress.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class PermutationStudy : public Study {
 public:
  void declare(Parameters& p) override;
  void run(Experiment& experiment) const override;

 private:
  FileLayout layout(const Experiment& experiment, const std::vector<PermutationCase>& cases) const;
  void look(Recorder& recorder, std::vector<PermutationCase>& cases, int step) const;
  void show(const Experiment& experiment, Recorder& recorder, const PermutationCase& random,
            const Permutation& permutation, int step) const;
  Reach reach(const Experiment& experiment, const Permutation& random) const;
  std::optional<Check> osmosis(const Experiment& experiment, const Permutation& random) const;

  NoiseScheduleOptions schedule_;
  PhotographOptions photograph_;
  SolverSection solver_;
  std::int64_t seed_ = 1;
  std::vector<int> shift_{17, -5};
  double osmosis_time_ = 1;
};

void PermutationStudy::declare(Parameters& p) {
  schedule_.declare(p);
  photograph_.declare(p);
  solver_.declare(p);
  p.add("permutation.seed", seed_,
        {.meaning = "of the arbitrary permutation", .range = range::not_negative});
  p.add("permutation.shift", shift_,
        {.meaning = "cyclic shift: columns to the right, rows down", .unit = "pixel"});
  p.add("permutation.osmosis_time", osmosis_time_,
        {.meaning = "length of the one implicit step of osmosis in its control; 0: none",
         .unit = "T",
         .range = range::not_negative});
}

FileLayout PermutationStudy::layout(const Experiment& experiment,
                                    const std::vector<PermutationCase>& cases) const {
  FileLayout layout = experiment.layout("trajectory");
  const Labels axis{"step", "step of the chain", "1"};
  FieldGroup group = experiment.group("trajectory", experiment.title(),
                                      {{"u", "trajectory of the photograph", "1"},
                                       {"permuted", "trajectory of its permuted pixels", "1"},
                                       {"put_back", "that one, its pixels put back", "1"}});
  group.time = axis;
  layout.groups.push_back(group);
  Table cells{.name = "differing",
              .title = "pixels that differ from the permuted trajectory",
              .axis = axis,
              .together = true};
  Table sizes{.name = "difference",
              .title = "largest difference from the mapped trajectory, relative",
              .axis = axis};
  for (const auto& one : cases) {
    if (one.tie != Tie::round_off) cells.columns.push_back({one.name, one.words, "1"});
    if (one.tie != Tie::bitwise) sizes.columns.push_back({one.name, one.words, "1"});
  }
  layout.tables.push_back(cells);
  layout.tables.push_back(sizes);
  return layout;
}

void PermutationStudy::look(Recorder& recorder, std::vector<PermutationCase>& cases,
                            int step) const {
  std::vector<double> cells{static_cast<double>(step)}, sizes{static_cast<double>(step)};
  for (auto& one : cases) {
    one.look();
    if (one.tie != Tie::round_off) cells.push_back(one.now.cells);
    if (one.tie != Tie::bitwise) sizes.push_back(one.relative());
  }
  recorder.row("differing", cells);
  recorder.row("difference", sizes);
}

void PermutationStudy::show(const Experiment& experiment, Recorder& recorder,
                            const PermutationCase& random, const Permutation& permutation,
                            int step) const {
  std::vector<Field> u, permuted, put_back;
  for (const auto& tied : random.channels) {
    u.push_back(tied.first());
    permuted.push_back(tied.second());
    put_back.push_back(permutation.inverse(tied.second()));
  }
  recorder.snapshot("trajectory", step, {u, permuted, put_back});
  const auto draw = [&](const std::string& name, const std::string& label, std::vector<Field> v) {
    recorder.picture(fmt::format("{}i{}", name, step), fmt::format("{}i = {}", label, step),
                     photograph_.levels(experiment.problem(), std::move(v)));
  };
  draw("", "", std::move(u));
  draw("permuted_", "permuted, ", std::move(permuted));
  draw("put_back_", "put back, ", std::move(put_back));
}

/// Osmosis looks at neighbours, and its guidance stays where it was.
std::optional<Check> PermutationStudy::osmosis(const Experiment& experiment,
                                               const Permutation& random) const {
  if (osmosis_time_ == 0) return std::nullopt;
  const Problem& problem = experiment.problem();
  if (!problem.is_linear()) {
    experiment.say("control_osmosis: left out, it needs a linear model");
    return std::nullopt;
  }
  const Generator generator = problem.generator(0);
  const auto propagator =
      propagator_of(problem, 0, generator, "implicit_euler", osmosis_time_, solver_.options);
  const OsmosisControl control{generator, masses_of(problem.initial(0)), random};
  auto found = control(*propagator, std::max(permuted_round_off, solver_.options.tolerance));
  if (!found) {
    experiment.say(
        "control_osmosis: left out, osmosis of this photograph treats all pixels nearly alike");
  }
  return found;
}

/// That the permutation moves something, or nothing would be claimed.
Reach PermutationStudy::reach(const Experiment& experiment, const Permutation& random) const {
  const Reach reach = reach_of(random);
  if (reach.moved > 0) return reach;
  const Parameters& parameters = experiment.parameters();
  if (experiment.problem().grid().cells() == 1) {
    throw parameters.blame("problem.image", "has one pixel: there is nothing to permute");
  }
  throw parameters.blame("permutation.seed",
                         fmt::format("moves none of the {} pixels; take another one",
                                     experiment.problem().grid().cells()));
}

void PermutationStudy::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  photograph_.validate(experiment);
  if (shift_.size() != 2) {
    throw experiment.parameters().blame("permutation.shift", "must be two numbers");
  }
  const NoiseSchedule schedule = schedule_.build(experiment.parameters());
  const auto outputs = schedule_.outputs(experiment.parameters(), schedule);
  const PermutationMaps maps{problem.grid(), static_cast<std::uint64_t>(seed_), shift_[0],
                             shift_[1]};
  const Reach reach = this->reach(experiment, maps.random);
  auto chains = permutation_cases(maps, photograph_.states(problem));
  std::vector<std::string> pictures;
  for (const int i : outputs) {
    for (const std::string name : {"", "permuted_", "put_back_"}) {
      pictures.push_back(fmt::format("{}i{}", name, i));
    }
  }
  const auto broken = osmosis(experiment, maps.random);
  Recorder& recorder = experiment.open(layout(experiment, chains), pictures);
  recorder.set_sheet_columns(3);
  Progress progress{schedule.steps(), problem.grid().comm()};
  progress.heading(fmt::format("{:>9}", "step"));
  auto next = outputs.begin();
  for (int i = 0; i <= schedule.steps(); ++i) {
    for (auto& one : chains) {
      for (std::size_t c = 0; i > 0 && c < one.channels.size(); ++c) {
        one.channels[c].advance(photograph_.key(static_cast<int>(c)),
                                chain_step(schedule.beta(i), i));
      }
    }
    if (progress.due(i)) progress.show(i, fmt::format("{:>9}", i));
    if (i != *next) continue;
    look(recorder, chains, i);
    show(experiment, recorder, chains.front(), maps.random, i);
    ++next;
  }
  double largest_beta = 0;
  for (int i = 1; i <= schedule.steps(); ++i) raise(largest_beta, schedule.beta(i));
  for (const auto& one : chains) {
    if (const auto check = permutation_check(one, reach, largest_beta)) {
      experiment.add(*check);
    } else {
      experiment.say(one.name +
                     ": left out, the permutation keeps (nearly) all pixels in their "
                     "columns, or the steps are too small to tell");
    }
  }
  NoiseKey key = photograph_.key(0);
  key.step = 1;
  for (const auto& check : transformed_noise(maps.cosine(white_noise(problem.grid(), key)))) {
    experiment.add(check);
  }
  if (broken) experiment.add(*broken);
}

}  // namespace

std::unique_ptr<Study> permutation() {
  return std::make_unique<PermutationStudy>();
}

}  // namespace feller
