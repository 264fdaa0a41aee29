/// Thousands of trajectories of a photograph: mean and variance in every pixel against the law
///
///     U_i | U_0 = f  ~  N( sqrt(a_i) f, (1 - a_i) I ),       a_i = prod_{j=1}^i (1 - beta_j)
///     H(U_i | U_0) = n/2 ln( 2 pi e (1 - a_i) )
///
/// Controls: the product from j = 0, as printed in Peter 2023, (5); the entropy without its factor
/// 1/2, as printed in (18).

#include <fmt/format.h>

#include <cmath>

#include "studies/chain/ensemble_law.hpp"
#include "studies/chain/photograph.hpp"
#include "studies/program/progress.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class EnsembleStudy : public Study {
 public:
  void declare(Parameters& p) override;
  void run(Experiment& experiment) const override;

 private:
  EnsemblePlan plan(const NoiseSchedule& schedule, const std::vector<int>& looks,
                    int channel) const;
  FileLayout layout(const Experiment& experiment) const;
  void record(Experiment& experiment, Recorder& recorder, const std::vector<Look>& looks,
              std::vector<std::vector<Sample>> samples) const;

  NoiseScheduleOptions schedule_;
  PhotographOptions photograph_;
  int members_ = 1000;
  std::string moves_ = "steps";
};

void EnsembleStudy::declare(Parameters& p) {
  schedule_.declare(p);
  photograph_.declare(p);
  p.add("ensemble.members", members_,
        {.meaning = "trajectories; below 100 variances are no longer nearly normal",
         .range = {.low = 100}});
  p.add("ensemble.moves", moves_,
        {.meaning = "every step by (4), or jumps from one output to the next by (5)",
         .choices = {"steps", "jumps"}});
}

EnsemblePlan EnsembleStudy::plan(const NoiseSchedule& schedule, const std::vector<int>& looks,
                                 int channel) const {
  EnsemblePlan plan{.key = photograph_.key(channel), .members = members_, .legs = {}};
  int before = 0;
  for (const int step : looks) {
    plan.legs.push_back(moves_ == "steps"
                            ? chain_steps(schedule, before, step)
                            : std::vector<ChainMove>{chain_jump(schedule, before, step)});
    before = step;
  }
  return plan;
}

FileLayout EnsembleStudy::layout(const Experiment& experiment) const {
  FileLayout layout = experiment.layout("ensemble");
  FieldGroup group = experiment.group(
      "ensemble", fmt::format("{}, {} members", experiment.title(), members_),
      {{"mean", "mean of the ensemble", "1"}, {"variance", "variance of the ensemble", "1"}});
  group.time = Labels{"step", "step of the chain", "1"};
  layout.groups.push_back(group);
  const Labels axis{"step", "step of the chain", "1"};
  layout.tables.push_back({.name = "variance",
                           .title = "variance, mean of all pixels",
                           .axis = axis,
                           .columns = {{"found", "of the ensemble", "1"},
                                       {"exact", "1 - a_i", "1"},
                                       {"printed", "product from j = 0, as printed", "1"}},
                           .log_axis = true,
                           .together = true});
  layout.tables.push_back({.name = "entropy",
                           .title = "conditional entropy a pixel",
                           .axis = axis,
                           .columns = {{"found", "plug-in of the ensemble", "1"},
                                       {"exact", "1/2 ln(2 pi e (1 - a_i))", "1"},
                                       {"printed", "without the factor 1/2, as printed", "1"}},
                           .log_axis = true,
                           .together = true});
  Table scores{.name = "scores",
               .title = "deviations from the law in standard errors",
               .axis = axis,
               .log_axis = true};
  for (const std::string of : {"mean", "variance"}) {
    scores.columns.push_back({"beyond_" + of, of + ": pixels beyond 4", "1"});
    scores.columns.push_back({"chi_square_" + of, of + ": chi-square of all pixels", "1"});
    scores.columns.push_back({"largest_" + of, of + ": largest", "1"});
  }
  layout.tables.push_back(scores);
  return layout;
}

void EnsembleStudy::record(Experiment& experiment, Recorder& recorder,
                           const std::vector<Look>& looks,
                           std::vector<std::vector<Sample>> samples) const {
  for (std::size_t i = 0; i < looks.size(); ++i) {
    const Look& look = looks[i];
    std::vector<Field> mean, variance;
    for (auto& channel : samples) {
      mean.push_back(std::move(channel[i].mean));
      check(VecScale(channel[i].squares.vector(), 1.0 / (members_ - 1)));
      variance.push_back(std::move(channel[i].squares));
    }
    recorder.snapshot("ensemble", look.step, {mean, variance});
    const double at = look.step;
    recorder.row("variance", {at, look.variance(), look.noise, look.printed});
    recorder.row("entropy", {at, look.entropy(), look.exact_entropy(), 2 * look.exact_entropy()});
    const NormalScores &m = look.mean, &v = look.deviation;
    recorder.row("scores",
                 {at, m.beyond, m.chi_square(), m.largest, v.beyond, v.chi_square(), v.largest});
    recorder.picture(fmt::format("mean_i{}", look.step), fmt::format("i = {}", look.step),
                     photograph_.levels(experiment.problem(), std::move(mean)));
  }
}

void add_checks(Experiment& experiment, const std::vector<Look>& looks) {
  for (const auto& check : ensemble_checks(looks)) experiment.add(check);
  if (const auto check = product_control(looks)) {
    experiment.add(*check);
  } else {
    experiment.say(
        "control_product: left out, one factor 1 - beta_1 more or less cannot be told by so few "
        "values at any of the outputs");
  }
  if (const auto check = half_control(looks)) {
    experiment.add(*check);
  } else {
    experiment.say(
        "control_half: left out, the entropy is so near to 0 at all outputs that its half cannot "
        "be told by so few values");
  }
}

void EnsembleStudy::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  photograph_.validate(experiment);
  const NoiseSchedule schedule = schedule_.build(experiment.parameters());
  auto steps = schedule_.outputs(experiment.parameters(), schedule);
  steps.erase(steps.begin());  // nothing is random at 0
  std::vector<Look> looks;
  std::vector<std::string> pictures;
  for (const int i : steps) {
    const double printed = -std::expm1(schedule.log_survival(i) + std::log1p(-schedule.beta(1)));
    looks.push_back(
        {.step = i, .noise = schedule.noise(i), .printed = printed, .members = members_});
    pictures.push_back(fmt::format("mean_i{}", i));
  }
  const auto start = photograph_.states(problem);
  Recorder& recorder = experiment.open(layout(experiment), pictures);

  constexpr int parts = 100;
  const int channels = static_cast<int>(start.size());
  Progress progress{parts * channels, problem.grid().comm()};
  progress.heading(fmt::format("{:>9}", "done"));
  std::vector<std::vector<Sample>> samples;
  for (int c = 0; c < channels; ++c) {
    const auto tell = [&](double part) {
      const int now = parts * c + static_cast<int>(parts * part);
      if (progress.due(now)) progress.show(now, fmt::format("{:>7} %", now / channels));
    };
    const auto& channel = start[static_cast<std::size_t>(c)];
    samples.push_back(run_ensemble(channel, plan(schedule, steps, c), tell));
    for (std::size_t i = 0; i < looks.size(); ++i) looks[i].take(channel, samples.back()[i]);
  }
  add_checks(experiment, looks);
  record(experiment, recorder, looks, std::move(samples));
}

}  // namespace

std::unique_ptr<Study> ensemble() {
  return std::make_unique<EnsembleStudy>();
}

}  // namespace feller
