/// Relaxation to the steady state: mass, positivity and relative entropy along the flow.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/flow/accuracy.hpp"
#include "studies/flow/evolution.hpp"
#include "studies/flow/flow_record.hpp"
#include "studies/flow/relaxation_checks.hpp"
#include "studies/program/checkpointing.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

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
    checkpoint_.declare(parameters);
  }

  void run(Experiment& experiment) const override;

 private:
  void add_checks(Experiment& experiment, const Schedule& schedule, const Evolutions& all) const;
  void add_decay(Experiment& experiment, const RelaxationChecks& checks,
                 const Evolution& evolution) const;
  std::unique_ptr<Problem> coarser(const Experiment& experiment, const Schedule& schedule) const;
  void add_accuracy(Experiment& experiment, const Schedule& schedule, const Evolutions& all,
                    const Problem& coarser) const;

  TimeOptions time_;
  SolverSection solver_;
  ObserveOptions observe_;
  CheckpointOptions checkpoint_;
};

/// Everything that depends on the input alone is evaluated before the record is opened.
void validate_exact(const Problem& problem, const Parameters& parameters,
                    const Schedule& schedule) {
  if (!problem.has_exact()) return;
  for (const int n : schedule.outputs) {
    const double found = mass(*problem.exact(0, schedule.time(n)));
    if (std::abs(found - 1) <= 0.01) continue;
    if (problem.process() != nullptr) {
      throw parameters.blame("grid.upper",
                             fmt::format("holds only {:.6g} of the exact law's probability at t = "
                                         "{:g}: take a wider box",
                                         found, schedule.time(n)));
    }
    throw parameters.blame("problem.exact", fmt::format("has mass {:.6g} in the box at t = {:g}, "
                                                        "must be 1",
                                                        found, schedule.time(n)));
  }
  problem.exact(0, schedule.time(schedule.steps));
}

/// A density that reaches beyond the box cannot be right inside.
void say_what_is_outside(const Experiment& experiment, const Schedule& schedule) {
  double most = 0;
  for (const int n : schedule.outputs) {
    raise(most, exact_mass_outside(experiment.problem(), schedule.time(n)).value_or(0));
  }
  experiment.say(
      fmt::format("probability of the exact law beyond the box: at most {:.3g} at the "
                  "outputs",
                  most));
}

void Relaxation::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Schedule schedule = time_.schedule(experiment.parameters());
  observe_.validate(experiment.parameters());
  validate_exact(problem, experiment.parameters(), schedule);
  const auto coarse = coarser(experiment, schedule);
  auto all = evolutions(problem, schedule, time_.method, solver_.options);

  FlowRecord record{experiment, schedule, observe_, all};
  record.walk(checkpoint_);
  record.draw_steady_state();
  add_checks(experiment, schedule, all);
  if (coarse) add_accuracy(experiment, schedule, all, *coarse);
  if (problem.has_exact() || problem.process() != nullptr) {
    say_what_is_outside(experiment, schedule);
  }
}

void Relaxation::add_checks(Experiment& experiment, const Schedule& schedule,
                            const Evolutions& all) const {
  const Problem& problem = experiment.problem();
  for (std::size_t c = 0; c < all.size(); ++c) {
    const bool strictly = problem.quantity().is_image && all[c]->initial("minimum") > 0;
    const RelaxationChecks checks{*all[c], schedule, solver_.options.tolerance,
                                  problem.channels()[c], strictly};
    for (auto& check : checks.always()) experiment.add(check);
    if (const auto words = checks.left_out()) experiment.say(*words);
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
  const double allowed = schedule.tolerance * schedule.end();
  const int order = all.front()->propagator().order();
  const bool exact_in_time = order == Propagator::exact;
  const double step_ratio =
      exact_in_time ? 0 : std::pow(schedule.step / coarse_schedule.step, order);
  const double cell_ratio = static_cast<double>(coarser.grid().axis(0).cells) /
                            static_cast<double>(problem.grid().axis(0).cells);
  experiment.add(
      {.name = "accuracy",
       .claim = fmt::format("L1 error against the exact density, {:.3g}, over that with "
                            "cells and steps twice as large, {:.3g}: order 2 in space, "
                            "{} in time, with a tenth for higher terms{}",
                            fine, coarse, exact_in_time ? "exact" : fmt::format("order {}", order),
                            allowed > 0 ? ", beyond time.tolerance" : ""),
       .measured = std::max(0.0, fine - allowed) / coarse,
       .bound = 1.1 * std::max(step_ratio, cell_ratio * cell_ratio)});
}

}  // namespace

std::unique_ptr<Study> relaxation() {
  return std::make_unique<Relaxation>();
}

}  // namespace feller
