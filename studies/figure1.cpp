/// Figure 1 of Peter 2023: one photograph turns to noise, above by the Markov chain, below by
/// osmosis towards noise of the same law, made positive by an offset:
///
///     U_i = sqrt(1 - beta_i) U_{i-1} + sqrt(beta_i) G_i,        du/dt = div(v grad(u/v))
///
/// as one plate, and by curves: both Lyapunov functionals, what is left of edges and information,
/// total variation, at equal chi-square distance to the steady states.
///
/// The chain moves values, pixel by pixel, and its edges stay where they are until noise drowns
/// them; osmosis moves grey levels between pixels, blurs the edges and keeps the mean.

#include <fmt/format.h>

#include <algorithm>

#include "studies/chain/figure1_checks.hpp"
#include "studies/chain/figure1_sides.hpp"
#include "studies/flow/propagation.hpp"
#include "studies/program/progress.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class Figure1 : public Study {
 public:
  void declare(Parameters& p) override;
  void run(Experiment& experiment) const override;

 private:
  Recorder& open(Experiment& experiment, const Schedule& time, const std::vector<int>& looks) const;
  std::vector<Moment> run_chain(const Experiment& experiment, Recorder& recorder, ChainSide& chain,
                                int steps, const std::vector<int>& looks, Progress& progress) const;
  std::vector<Moment> run_osmosis(Recorder& recorder, OsmosisSide& osmosis, const Schedule& time,
                                  int before, Progress& progress) const;
  Evolutions flow(const Experiment& experiment, const Schedule& time) const;
  static void compare(Experiment& experiment, const Overlap& overlap);
  static void say_left_out(const Experiment& experiment, const TraceFinder& finder);
  std::vector<int> looks(const Experiment& experiment, const NoiseSchedule& schedule,
                         const Schedule& time) const;
  TraceFinder finder(const Experiment& experiment, const std::vector<Field>& start) const;

  NoiseScheduleOptions schedule_;
  PhotographOptions photograph_;
  TimeOptions time_;
  SolverSection solver_;
  double edges_ = 0.01;
};

void Figure1::declare(Parameters& p) {
  schedule_.declare(p);
  photograph_.declare(p);
  time_.declare(p);
  solver_.declare(p);
  p.add("figure1.edges", edges_,
        {.meaning = "share of all faces that count as strong edges",
         .range = {.low = 0, .high = 0.5, .low_allowed = false}});
}

Evolutions Figure1::flow(const Experiment& experiment, const Schedule& time) const {
  const Problem& problem = experiment.problem();
  if (!problem.is_linear()) {
    throw experiment.parameters().blame("problem.model", "must be a linear one");
  }
  auto all = evolutions(problem, time, time_.method, solver_.options);
  for (const auto& one : all) {
    if (one->steady() != nullptr) continue;
    throw experiment.parameters().blame("problem.model", "must have a steady state");
  }
  return all;
}

Recorder& Figure1::open(Experiment& experiment, const Schedule& time,
                        const std::vector<int>& looks) const {
  FileLayout layout = experiment.layout("chain_images");
  FieldGroup chain =
      experiment.group("chain_images", "the chain", {{"u", "state of the chain", "1"}});
  chain.time = Labels{"step", "step of the chain", "1"};
  layout.groups.push_back(chain);
  const Quantity& quantity = experiment.problem().quantity();
  layout.groups.push_back(
      experiment.group("osmosis_images", "osmosis", {{"u", quantity.name, quantity.unit}}));
  layout.tables = figure1_tables();
  std::vector<std::string> pictures;
  for (const int i : looks) pictures.push_back(fmt::format("chain_i{}", i));
  for (const int n : time.outputs) {
    pictures.push_back("osmosis_t" + short_number(time.time(n)));
  }
  pictures.insert(pictures.begin() + static_cast<std::ptrdiff_t>(looks.size()), "chain_limit");
  pictures.emplace_back("osmosis_limit");
  Recorder& recorder = experiment.open(layout, pictures);
  recorder.set_sheet_columns(static_cast<int>(looks.size()) + 1);
  return recorder;
}

std::vector<Moment> Figure1::run_chain(const Experiment& experiment, Recorder& recorder,
                                       ChainSide& chain, int steps, const std::vector<int>& looks,
                                       Progress& progress) const {
  std::vector<Moment> moments;
  for (int i = 0; i <= steps; ++i) {
    if (i > 0) {
      chain.advance(i);
      moments.push_back(chain.moment(i));
      record_chain(recorder, moments.back());
    }
    if (progress.due(i)) progress.show(i, fmt::format("{:>9} {:>9}", "chain", i));
    if (!std::ranges::binary_search(looks, i)) continue;
    recorder.snapshot("chain_images", i, {chain.state()});
    recorder.picture(fmt::format("chain_i{}", i), fmt::format("i = {}", i),
                     photograph_.levels(experiment.problem(), chain.state()));
  }
  recorder.picture("chain_limit", "limit: noise",
                   photograph_.levels(experiment.problem(), chain.limit(steps + 1)));
  return moments;
}

std::vector<Moment> Figure1::run_osmosis(Recorder& recorder, OsmosisSide& osmosis,
                                         const Schedule& time, int before,
                                         Progress& progress) const {
  std::vector<Moment> moments;
  for (int n = 0; n <= time.steps; ++n) {
    if (n > 0) osmosis.advance();
    moments.push_back(osmosis.moment(time.time(n)));
    record_osmosis(recorder, moments.back());
    if (progress.due(before + n)) {
      progress.show(before + n, fmt::format("{:>9} {:>9}", "osmosis", n));
    }
    if (!time.is_output(n)) continue;
    const auto state = osmosis.state();
    const std::string at = short_number(time.time(n));
    recorder.snapshot("osmosis_images", time.time(n), {state});
    recorder.picture("osmosis_t" + at, "t = " + at, state);
  }
  recorder.picture("osmosis_limit", "limit: steady state", osmosis.limit());
  return moments;
}

void Figure1::compare(Experiment& experiment, const Overlap& overlap) {
  if (!(overlap.high > 0)) {
    experiment.say("not aligned: they are never at the same chi-square");
    return;
  }
  experiment.say(fmt::format("aligned where both are: chi-square from {:.3g} to {:.3g}",
                             overlap.low, overlap.high));
  constexpr double comparable = 2;
  if (!(overlap.factor > comparable)) {
    experiment.say(
        fmt::format("of this photograph they keep comparable amounts of information, "
                    "within a factor {:g}",
                    comparable));
    return;
  }
  experiment.add({.name = "control_comparable",
                  .claim =
                      "\"a comparable amount of information is removed\": least factor between "
                      "the informations about the photograph (Gaussian surrogate) at equal "
                      "chi-square",
                  .measured = overlap.factor,
                  .relation = Relation::greater,
                  .bound = comparable,
                  .is_control = true,
                  .misprint = "Peter 2023, section 4.3 (comparable amounts of information)"});
}

/// Of one trajectory too small for them.
void Figure1::say_left_out(const Experiment& experiment, const TraceFinder& finder) {
  const Grid& grid = experiment.problem().grid();
  if (finder.values() < large_sample) {
    experiment.say(fmt::format(
        "chain_entropy_rises: left out, {:.0f} values have no standard error", finder.values()));
  }
  if (finder.strong_faces() < large_sample) {
    experiment.say(
        fmt::format("chain_contrast: left out, {:.0f} strong edges have no standard "
                    "error",
                    finder.strong_faces()));
  }
  if (static_cast<double>(grid.cells()) < large_sample) {
    experiment.say(
        fmt::format("control_guidance: left out, noise on {} pixels may happen to have "
                    "one sign",
                    grid.cells()));
  }
}

std::vector<int> Figure1::looks(const Experiment& experiment, const NoiseSchedule& schedule,
                                const Schedule& time) const {
  auto looks = schedule_.outputs(experiment.parameters(), schedule);
  if (looks.size() == time.outputs.size()) return looks;
  throw experiment.parameters().blame(
      "chain.outputs", fmt::format("with the first and the last step are {}, time.outputs {}: "
                                   "must be as many, to stand above each other",
                                   looks.size(), time.outputs.size()));
}

TraceFinder Figure1::finder(const Experiment& experiment, const std::vector<Field>& start) const {
  TraceFinder finder{start, edges_};
  if (finder.strong_faces() > 1) return finder;
  throw experiment.parameters().blame(
      "figure1.edges",
      fmt::format("of {:.0f} faces leaves {:.0f} with strong edges, must be two at least",
                  finder.faces(), finder.strong_faces()));
}

void Figure1::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  photograph_.validate(experiment);
  const NoiseSchedule schedule = schedule_.build(experiment.parameters());
  const Schedule time = time_.schedule(experiment.parameters());
  const auto looks = this->looks(experiment, schedule, time);
  const auto start = photograph_.states(problem);
  const TraceFinder finder = this->finder(experiment, start);
  OsmosisSide osmosis{problem, flow(experiment, time), photograph_, finder};
  ChainSide chain{start, schedule, photograph_, finder};
  Recorder& recorder = open(experiment, time, looks);
  say_method(experiment, osmosis.evolution(0).propagator());

  Progress progress{schedule.steps() + time.steps, problem.grid().comm()};
  progress.heading(fmt::format("{:>9} {:>9}", "", "step"));
  const auto above = run_chain(experiment, recorder, chain, schedule.steps(), looks, progress);
  const auto below = run_osmosis(recorder, osmosis, time, schedule.steps(), progress);
  const Overlap overlap = record_aligned(recorder, above, {below.begin() + 1, below.end()});
  compare(experiment, overlap);
  say_left_out(experiment, finder);
  for (auto& check : chain_checks(above, finder, looks)) experiment.add(check);
  for (std::size_t c = 0; c < start.size(); ++c) {
    const auto checks =
        osmosis_checks(osmosis.evolution(c), time, solver_.options.tolerance, problem.channels()[c],
                       osmosis.largest_lyapunov(c), photograph_.key(static_cast<int>(c)));
    for (const auto& check : checks) experiment.add(check);
  }
}

}  // namespace

std::unique_ptr<Study> figure1() {
  return std::make_unique<Figure1>();
}

}  // namespace feller
