/// Relaxation to the steady state: mass, positivity and relative entropy along the flow.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/spectrum.hpp"
#include "studies/evolution.hpp"
#include "studies/progress.hpp"
#include "studies/relaxation_checks.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

using Evolutions = std::vector<std::unique_ptr<Evolution>>;

std::vector<Field> states(const Evolutions& all) {
  std::vector<Field> fields;
  for (const auto& evolution : all) fields.push_back(evolution->state());
  return fields;
}

std::vector<Field> steady_states(const Evolutions& all) {
  std::vector<Field> fields;
  for (const auto& evolution : all) fields.push_back(evolution->steady().density);
  return fields;
}

/// |u - exact|_1, summed over the channels, where the problem knows the exact state.
double error_against_exact(const Problem& problem, const Evolutions& all, double time) {
  double error = 0;
  for (std::size_t c = 0; c < all.size(); ++c) {
    error += l1_distance(all[c]->state(), *problem.exact(static_cast<int>(c), time));
  }
  return error;
}

/// The error at the end of a run that records nothing.
double final_error(const Problem& problem, const Schedule& schedule, const std::string& method,
                   const SolverOptions& options) {
  auto all = evolutions(problem, schedule, method, options);
  for (int n = 0; n < schedule.steps; ++n) {
    for (auto& evolution : all) evolution->advance();
  }
  return error_against_exact(problem, all, schedule.time(schedule.steps));
}

class Relaxation : public Study {
 public:
  void declare(Parameters& parameters) override {
    time_.declare(parameters);
    solver_.declare(parameters);
    observe_.declare(parameters);
  }

  void run(Experiment& experiment) const override;

 private:
  FileLayout layout(const Experiment& experiment, const std::vector<std::string>& observed) const;
  void snapshot(const Problem& problem, const Evolutions& all, double time, Recorder& record) const;
  void observe(const Evolutions& all, const std::vector<std::string>& observed, double time,
               Recorder& record) const;
  void add_checks(Experiment& experiment, const Schedule& schedule, const Evolutions& all) const;
  void add_decay(Experiment& experiment, const RelaxationChecks& checks,
                 const Evolution& evolution) const;
  std::unique_ptr<Problem> coarser(const Experiment& experiment, const Schedule& schedule) const;
  void add_accuracy(Experiment& experiment, const Schedule& schedule, const Evolutions& all,
                    const Problem& coarser) const;

  TimeOptions time_;
  SolverSection solver_;
  ObserveOptions observe_;
};

std::vector<std::string> observed_by_default(const Quantity& quantity) {
  if (quantity.is_image) {
    return {"lyapunov", "mean", "minimum", "maximum", "chi_square", "relative_fisher_information"};
  }
  return {"relative_entropy", "mass",
          "minimum",          "maximum",
          "entropy",          "fisher_information",
          "chi_square",       "relative_fisher_information"};
}

std::string columns_heading() {
  return fmt::format("{:>9} {:>10} {:>14} {:>12} {:>14} {:>12} {:>6}", "step", "time", "mass",
                     "minimum", "rel. entropy", "change", "iter.");
}

std::string columns(int step, double time, const Evolutions& all, double entropy_before) {
  double total = 0, low = HUGE_VAL, entropy = 0;
  int iterations = 0;
  for (const auto& e : all) {
    total += (*e)("mass");
    low = std::min(low, (*e)("minimum"));
    entropy += (*e)("relative_entropy");
    iterations += e->last_solve().iterations;
  }
  return fmt::format("{:>9} {:>10.4g} {:>14.8g} {:>12.4g} {:>14.7g} {:>12.3g} {:>6}", step, time,
                     total, low, entropy, step == 0 ? 0 : entropy - entropy_before, iterations);
}

double total_entropy(const Evolutions& all) {
  double entropy = 0;
  for (const auto& e : all) entropy += (*e)("relative_entropy");
  return entropy;
}

FileLayout Relaxation::layout(const Experiment& experiment,
                              const std::vector<std::string>& observed) const {
  const Problem& problem = experiment.problem();
  const Quantity& quantity = problem.quantity();
  FileLayout layout = experiment.layout(quantity.group);
  layout.groups.push_back(experiment.group(quantity.group, experiment.title(),
                                           {{quantity.symbol, quantity.name, quantity.unit}}));
  layout.groups.push_back(
      experiment.group("steady_state", "steady state", {{"w", "steady state", quantity.unit}}));
  layout.groups.back().time.reset();

  Table table{.name = "diagnostics", .title = "functionals in time", .axis = {"time", "time", "T"}};
  for (const auto& name : observed) {
    const auto all = functionals();
    const auto entry = std::ranges::find(all, name, &Functional::name);
    for (const auto& channel : problem.channels()) {
      const std::string suffix = channel.empty() ? "" : "_" + channel;
      const std::string of = channel.empty() ? "" : fmt::format(" ({})", channel);
      table.columns.push_back({name + suffix, std::string{entry->meaning} + of, "1"});
    }
  }
  table.log_signal = observed.front() == "relative_entropy" || observed.front() == "chi_square";
  layout.tables.push_back(std::move(table));
  layout.tables.push_back(
      {.name = "solver",
       .title = "linear solver in time",
       .axis = {"time", "time", "T"},
       .columns = {{"iterations", "iterations of the last step, all channels", "1"},
                   {"mass_defect", "largest relative mass lost by a solve, then restored", "1"},
                   {"residual", "largest |b - (I - tau A) x|_1 / |b|_1 of a solve", "1"}}});
  if (problem.has_exact()) {
    layout.tables.push_back({.name = "accuracy",
                             .title = "error against the exact density",
                             .axis = {"time", "time", "T"},
                             .columns = {{"error_l1", "L1 norm of the error", "1"}}});
  }
  return layout;
}

void Relaxation::snapshot(const Problem& problem, const Evolutions& all, double time,
                          Recorder& record) const {
  const auto fields = states(all);
  record.picture("t" + short_number(time), "t = " + short_number(time), fields);
  record.snapshot(problem.quantity().group, time, {fields});
  if (problem.has_exact()) {
    record.row("accuracy", {time, error_against_exact(problem, all, time)});
  }
}

void Relaxation::observe(const Evolutions& all, const std::vector<std::string>& observed,
                         double time, Recorder& record) const {
  std::vector<double> row{time};
  for (const auto& name : observed) {
    for (const auto& evolution : all) row.push_back((*evolution)(name));
  }
  record.row("diagnostics", row);
  double iterations = 0, defect = 0, residual = 0;
  for (const auto& evolution : all) {
    iterations += evolution->last_solve().iterations;
    defect = std::max(defect, evolution->last_solve().mass_defect);
    residual = std::max(residual, evolution->last_solve().residual);
  }
  record.row("solver", {time, iterations, defect, residual});
}

/// Everything that depends on the input alone is evaluated before the record is opened.
void validate_exact(const Problem& problem, const Parameters& parameters,
                    const Schedule& schedule) {
  if (!problem.has_exact()) return;
  for (const int n : schedule.outputs) {
    const double found = mass(*problem.exact(0, schedule.time(n)));
    if (std::abs(found - 1) <= 0.01) continue;
    throw parameters.blame("problem.exact", fmt::format("has mass {:.6g} in the box at t = {:g}, "
                                                        "must be 1",
                                                        found, schedule.time(n)));
  }
  problem.exact(0, schedule.time(schedule.steps));
}

std::vector<std::string> picture_names(const Schedule& schedule) {
  std::vector<std::string> names;
  for (const int n : schedule.outputs) names.push_back("t" + short_number(schedule.time(n)));
  names.push_back("steady");
  return names;
}

void Relaxation::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Schedule schedule = time_.schedule(experiment.parameters());
  observe_.validate(experiment.parameters());
  const auto observed =
      observe_.functionals.empty() ? observed_by_default(problem.quantity()) : observe_.functionals;
  validate_exact(problem, experiment.parameters(), schedule);
  const auto coarse = coarser(experiment, schedule);
  auto all = evolutions(problem, schedule, time_.method, solver_.options);

  Recorder& record = experiment.open(layout(experiment, observed), picture_names(schedule));
  experiment.say(all.front()->propagator().description());
  experiment.say("steady state: " + all.front()->steady().how);
  record.constant("steady_state", {steady_states(all)});

  Progress progress{schedule.steps, problem.grid().comm()};
  progress.heading(columns_heading());
  for (int n = 0; n <= schedule.steps; ++n) {
    const double time = schedule.time(n), entropy_before = total_entropy(all);
    if (n > 0) {
      for (auto& evolution : all) {
        evolution->advance();
        evolution->look();
      }
    }
    if (n % observe_.every == 0 || n == schedule.steps) observe(all, observed, time, record);
    if (schedule.is_output(n)) snapshot(problem, all, time, record);
    if (progress.due(n)) progress.show(n, columns(n, time, all, entropy_before));
  }
  record.picture("steady", "steady state", steady_states(all));
  add_checks(experiment, schedule, all);
  if (coarse) add_accuracy(experiment, schedule, all, *coarse);
}

void Relaxation::add_checks(Experiment& experiment, const Schedule& schedule,
                            const Evolutions& all) const {
  const Problem& problem = experiment.problem();
  for (std::size_t c = 0; c < all.size(); ++c) {
    const bool strictly = problem.quantity().is_image && all[c]->initial("minimum") > 0;
    const RelaxationChecks checks{*all[c], schedule, solver_.options.tolerance,
                                  problem.channels()[c], strictly};
    for (auto& check : checks.always()) experiment.add(check);
    if (observe_.spectral_gap) add_decay(experiment, checks, *all[c]);
  }
}

void Relaxation::add_decay(Experiment& experiment, const RelaxationChecks& checks,
                           const Evolution& evolution) const {
  const Generator& generator = evolution.generator();
  if (!generator.reversible()) return;
  if (!factors_fit(generator.grid())) {
    experiment.say("spectral gap: left out, its factorisation would not fit");
    return;
  }
  try {
    if (const auto check = checks.decay()) experiment.add(*check);
  } catch (const SolverError& error) {
    experiment.say(fmt::format("spectral gap: left out, {}", error.what()));
  }
}

/// The problem on half the cells, for the check of accuracy, if there is one to be made.
std::unique_ptr<Problem> Relaxation::coarser(const Experiment& experiment,
                                             const Schedule& schedule) const {
  if (!experiment.problem().has_exact()) return nullptr;
  try {
    if (schedule.steps < 4) throw InputError("it needs at least 4 steps");
    auto problem = experiment.coarser_problem();
    if (problem) problem->rates(0);
    return problem;
  } catch (const InputError& error) {
    experiment.say(fmt::format("accuracy: not checked on a coarser grid: {}", error.what()));
    return nullptr;
  }
}

void Relaxation::add_accuracy(Experiment& experiment, const Schedule& schedule,
                              const Evolutions& all, const Problem& coarser) const {
  const Problem& problem = experiment.problem();
  const Schedule coarse_schedule = time_.schedule(experiment.parameters(), 2);
  const double fine = error_against_exact(problem, all, schedule.time(schedule.steps));
  const double coarse = final_error(coarser, coarse_schedule, time_.method, solver_.options);
  const double step_ratio = schedule.step / coarse_schedule.step;
  const double cell_ratio = static_cast<double>(coarser.grid().axis(0).cells) /
                            static_cast<double>(problem.grid().axis(0).cells);
  experiment.add({.name = "accuracy",
                  .claim = fmt::format("L1 error against the exact density, {:.3g}, over that with "
                                       "cells and steps twice as large, {:.3g}: orders 1 in time "
                                       "and 2 in space, with a tenth for higher terms",
                                       fine, coarse),
                  .measured = fine / coarse,
                  .bound = 1.1 * std::max(step_ratio, cell_ratio * cell_ratio)});
}

}  // namespace

std::unique_ptr<Study> relaxation() {
  return std::make_unique<Relaxation>();
}

}  // namespace feller
