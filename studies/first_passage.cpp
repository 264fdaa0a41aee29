/// First passage: when and where a process is absorbed, as functions of its starting point.
///
///     -A^T tau = 1,     -A^T tau_2 = 2 tau,     -A^T q = kappa_B,     S(t) = e^(t A^T) 1
///
/// tau the mean time, q the committor (probability to end in the target), S the survival
/// probability. See solvers/first_passage.hpp.

#include "solvers/first_passage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/functionals.hpp"
#include "studies/flow/propagation.hpp"
#include "studies/flow/survival.hpp"
#include "studies/program/progress.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

/// What is computed once, of the starting point.
struct Passage {
  Field mean_time;
  Field deviation;
  std::optional<Field> committor;
  std::optional<Field> complement;  ///< probability to end elsewhere
  QuasiStationary slowest;
  Field start;  ///< the initial law outside the set, masses
  double residual = 0;
  double time_forward = 0;  ///< from the initial law, by the forward equation
  const char* method = "";
};

class FirstPassage : public Study {
 public:
  void declare(Parameters& parameters) override {
    passage_.declare(parameters);
    time_.declare(parameters);
    solver_.declare(parameters);
  }
  void run(Experiment& experiment) const override;

 private:
  Passage solve(const Experiment& experiment, const KilledProcess& process) const;
  FileLayout layout(const Experiment& experiment, const Passage& passage,
                    const std::vector<StartPoint>& starts) const;

  PassageOptions passage_;
  TimeOptions time_;
  SolverSection solver_;
};

Field initial_outside(const Experiment& experiment, const Field& alive) {
  Field start = masses_of(experiment.problem().initial(0));
  check(VecPointwiseMult(start.vector(), start.vector(), alive.vector()));
  if (total(start) > 0) return start;
  throw experiment.parameters().blame("first_passage.set", "holds all of the initial mass");
}

Passage FirstPassage::solve(const Experiment& experiment, const KilledProcess& process) const {
  KilledSystem system = killed_system(experiment, process.generator);
  Field time = mean_time(system, process.alive);
  Field deviation = standard_deviation(system, process.alive, time);
  Field start = initial_outside(experiment, process.alive);
  const double forward = total(system.solve_forward(start));
  const double residual = system.residual();
  Passage passage{.mean_time = std::move(time),
                  .deviation = std::move(deviation),
                  .slowest = quasi_stationary(system, process.alive),
                  .start = std::move(start),
                  .time_forward = forward,
                  .method = system.description()};
  passage.residual = residual;
  if (const auto both = passage_.committor(experiment)) {
    KilledSystem towards = killed_system(experiment, both->generator);
    passage.committor = exit_probability(towards, both->exit_rate);
    Field elsewhere = both->generator.killing();
    check(VecAXPY(elsewhere.vector(), -1, both->exit_rate.vector()));
    passage.complement = exit_probability(towards, elsewhere);
    raise(passage.residual, towards.residual());
  }
  return passage;
}

FileLayout FirstPassage::layout(const Experiment& experiment, const Passage& passage,
                                const std::vector<StartPoint>& starts) const {
  FileLayout layout = experiment.layout("first_passage");
  FieldGroup functions = experiment.group("first_passage", experiment.title(),
                                          {{"mean_time", "mean time to absorption", "T"},
                                           {"standard_deviation", "its standard deviation", "T"}});
  if (passage.committor) {
    functions.fields.push_back({"committor", "probability to end in the target", "1"});
  }
  FieldGroup slowest =
      experiment.group("quasi_stationary", "quasi-stationary state",
                       {{"nu", "quasi-stationary density", experiment.problem().quantity().unit}});
  functions.time.reset();
  slowest.time.reset();
  layout.groups = {functions, experiment.group("survival_by_start", "survival by starting point",
                                               {{"S", "probability not to be absorbed yet", "1"}})};
  if (passage.slowest.settled()) layout.groups.push_back(slowest);
  Table survival{.name = "survival",
                 .title = "absorption in time",
                 .axis = {"time", "time", "T"},
                 .columns = {{"survival", "survival from the initial law", "1"},
                             {"exit_density", "density of the time of absorption", "1/T"}},
                 .log_signal = true};
  Table points{.name = "starts",
               .title = "first passage by start",
               .axis = {"start", "number of the start", "1"},
               .columns = {{"mean_time", "mean time to absorption", "T"},
                           {"standard_deviation", "its standard deviation", "T"}}};
  if (passage.committor) {
    points.columns.push_back({"committor", "probability to end in the target", "1"});
  }
  for (std::size_t i = 1; i <= starts.size(); ++i) {
    const std::string from = "from " + starts[i - 1].label;
    survival.columns.push_back({fmt::format("survival_{}", i), "survival " + from, "1"});
    survival.columns.push_back({fmt::format("exit_density_{}", i), "density " + from, "1/T"});
  }
  layout.tables.push_back(survival);
  if (!starts.empty()) layout.tables.push_back(points);
  return layout;
}

void record_functions(Experiment& experiment, Recorder& record, const Passage& passage,
                      const std::vector<StartPoint>& starts) {
  std::vector<Channels> fields{passage.mean_time, passage.deviation};
  if (passage.committor) fields.emplace_back(*passage.committor);
  record.constant("first_passage", fields);
  if (passage.slowest.settled()) {
    record.constant("quasi_stationary", {densities_of(passage.slowest.masses)});
  }
  experiment.say(fmt::format("solved by {}", passage.method));
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const Interpolation& at = starts[i].value_of;
    std::vector<double> row{static_cast<double>(i + 1), at(passage.mean_time),
                            at(passage.deviation)};
    std::string line = fmt::format("from {}: mean time {:.10g}, standard deviation {:.6g}",
                                   starts[i].label, row[1], row[2]);
    if (passage.committor) {
      row.push_back(at(*passage.committor));
      line += fmt::format(", committor {:.10g}", row[3]);
    }
    record.row("starts", row);
    experiment.say(line);
  }
}

void record_survival(Recorder& record, const Survival& survival, bool snapshot,
                     const std::vector<StartPoint>& starts) {
  std::vector<double> row{survival.time(), survival.survived(), survival.exit_density()};
  for (const auto& start : starts) {
    row.push_back(start.value_of(survival.survival()));
    row.push_back(start.value_of(survival.density()));
  }
  record.row("survival", row);
  if (snapshot) record.snapshot("survival_by_start", survival.time(), {survival.survival()});
}

void add_checks(Experiment& experiment, const KilledProcess& process, const Passage& passage) {
  experiment.add({.name = "solver",
                  .claim = "largest residual of a linear system, relative to its terms cell by "
                           "cell",
                  .measured = passage.residual,
                  .bound = 1e-14});
  experiment.add({.name = "positivity",
                  .claim = "smallest mean time and standard deviation",
                  .measured = std::min(least(passage.mean_time), least(passage.deviation)),
                  .relation = Relation::at_least,
                  .bound = 0});
  double backward = 0;
  check(VecDot(passage.mean_time.vector(), passage.start.vector(), &backward));
  experiment.add({.name = "duality",
                  .claim = "mean time from the initial law, backward, against the time spent "
                           "anywhere, forward; relative",
                  .measured = std::abs(backward / passage.time_forward - 1),
                  .bound = 1e-12});
  if (passage.committor) {
    experiment.add(
        {.name = "maximum_principle",
         .claim = "how far the committor leaves [0, 1]",
         .measured = std::max({0.0, -least(*passage.committor), largest(*passage.committor) - 1}),
         .bound = 1e-13});
    Field sum = *passage.committor;
    check(VecAXPY(sum.vector(), 1, passage.complement->vector()));
    experiment.add({.name = "certainty",
                    .claim = "largest |probability to end in the target + elsewhere - 1|",
                    .measured = std::max(largest(sum) - 1, 1 - least(sum)),
                    .bound = 1e-12});
  }
  if (!passage.slowest.settled()) {
    experiment.say(
        fmt::format("quasi-stationary state: left out, after {} solves it still changes "
                    "by {:.2g}: other modes decay nearly as slowly",
                    passage.slowest.solves, passage.slowest.change));
    return;
  }
  Field defect = process.generator.apply(passage.slowest.masses);
  check(VecAXPY(defect.vector(), passage.slowest.rate, passage.slowest.masses.vector()));
  double size = 0;
  check(VecNorm(defect.vector(), NORM_1, &size));
  experiment.add({.name = "quasi_stationary",
                  .claim = fmt::format("|A nu + lambda nu|_1 / (max|a_ii| |nu|_1), lambda = "
                                       "{:.8g}, after {} solves",
                                       passage.slowest.rate, passage.slowest.solves),
                  .measured = size / process.generator.largest_outflow(),
                  .bound = 1e-12});
}

void FirstPassage::run(Experiment& experiment) const {
  require_plain_process(experiment, "a first passage");
  const Schedule schedule = time_.schedule(experiment.parameters());
  if (schedule.tolerance > 0) {
    throw experiment.parameters().blame("time.tolerance",
                                        "cuts steps of densities, not of expectations: leave it "
                                        "out, or take an exact method");
  }
  const KilledProcess process = passage_.passage(experiment);
  const auto starts = passage_.starts(experiment, process.alive);
  SolverOptions options = solver_.options;
  options.solves = 3 * schedule.steps;
  options.keep_positive = true;
  const auto propagator = make_propagator(time_.method, process.generator, schedule.step, options);
  propagator->start_backward_from(process.alive);
  const Passage passage = solve(experiment, process);

  Recorder& record = experiment.open(layout(experiment, passage, starts), {});
  say_method(experiment, *propagator);
  record_functions(experiment, record, passage, starts);
  Survival survival{process, *propagator, passage.mean_time, passage.slowest, passage.start};
  Progress progress{schedule.steps, experiment.problem().grid().comm()};
  progress.heading(
      fmt::format("{:>9} {:>10} {:>14} {:>14}", "step", "time", "survival", "exit density"));
  for (int n = 0;; ++n) {
    record_survival(record, survival, schedule.is_output(n), starts);
    const std::string columns =
        fmt::format("{:>9} {:>10.4g} {:>14.8g} {:>14.8g}", n, survival.time(), survival.survived(),
                    survival.exit_density());
    if (progress.due(n)) progress.show(n, columns);
    if (n == schedule.steps) break;
    survival.advance();
  }
  add_checks(experiment, process, passage);
  for (auto& check : survival.checks()) experiment.add(std::move(check));
  if (const std::string words = survival.left_out(); !words.empty()) experiment.say(words);
}

}  // namespace

std::unique_ptr<Study> first_passage() {
  return std::make_unique<FirstPassage>();
}

}  // namespace feller
