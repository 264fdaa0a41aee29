#include "studies/flow/flow_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/flow/accuracy.hpp"
#include "studies/flow/propagation.hpp"

namespace feller {
namespace {

std::vector<Field> states(const Evolutions& all) {
  std::vector<Field> fields;
  for (const auto& evolution : all) fields.push_back(evolution->state());
  return fields;
}

std::vector<Field> steady_states(const Evolutions& all) {
  std::vector<Field> fields;
  for (const auto& evolution : all) fields.push_back(evolution->steady()->density);
  return fields;
}

bool all_relax(const Evolutions& all) {
  return std::ranges::all_of(all, [](const auto& e) { return e->steady() != nullptr; });
}

std::vector<std::string> observed_by_default(const Quantity& quantity, bool relaxes) {
  if (!relaxes) return {"mass", "minimum", "maximum", "entropy", "fisher_information"};
  if (quantity.is_image) {
    return {"lyapunov", "mean", "minimum", "maximum", "chi_square", "relative_fisher_information"};
  }
  return {"relative_entropy", "mass",
          "minimum",          "maximum",
          "entropy",          "fisher_information",
          "chi_square",       "relative_fisher_information"};
}

std::vector<std::string> picture_names(const Schedule& schedule, bool relaxes,
                                       std::vector<std::string> names) {
  for (const int n : schedule.outputs) names.push_back("t" + short_number(schedule.time(n)));
  if (relaxes) names.push_back("steady");
  return names;
}

}  // namespace

FlowRecord::FlowRecord(Experiment& experiment, const Schedule& schedule,
                       const ObserveOptions& options, const Evolutions& evolutions,
                       const FlowExtras& extras)
    : experiment_{experiment},
      schedule_{schedule},
      options_{options},
      evolutions_{evolutions},
      relaxes_{all_relax(evolutions)},
      observed_{options.functionals.empty()
                    ? observed_by_default(experiment.problem().quantity(), relaxes_)
                    : options.functionals},
      recorder_{
          experiment.open(layout(extras), picture_names(schedule, relaxes_, extras.pictures))},
      progress_{schedule.steps, experiment.problem().grid().comm()} {
  const Propagator& propagator = evolutions.front()->propagator();
  say_method(experiment, propagator);
  if (relaxes_) {
    experiment.say("steady state: " + evolutions.front()->steady()->how);
    recorder_.constant("steady_state", {steady_states(evolutions)});
  } else {
    experiment.say("steady state: none");
  }
  progress_.heading(fmt::format("{:>9} {:>10} {:>14} {:>12} {:>14} {:>12} {:>6}", "step", "time",
                                "mass", "minimum", relaxes_ ? "rel. entropy" : "entropy", "change",
                                "iter."));
}

FileLayout FlowRecord::layout(const FlowExtras& extras) const {
  const Problem& problem = experiment_.problem();
  const Quantity& quantity = problem.quantity();
  FileLayout layout = experiment_.layout(quantity.group);
  layout.groups.push_back(experiment_.group(quantity.group, experiment_.title(),
                                            {{quantity.symbol, quantity.name, quantity.unit}}));
  if (relaxes_) {
    layout.groups.push_back(
        experiment_.group("steady_state", "steady state", {{"w", "steady state", quantity.unit}}));
    layout.groups.back().time.reset();
  }
  layout.tables.push_back(diagnostics());
  layout.tables.push_back(
      {.name = "solver",
       .title = "linear solver in time",
       .axis = {"time", "time", "T"},
       .columns = {{"iterations", "iterations of the last step, all channels", "1"},
                   {"mass_defect", "largest relative mass lost by a solve, then restored", "1"},
                   {"residual", "largest |b - (I - tau A) x|_1 / |b|_1 of a solve", "1"}}});
  if (problem.has_exact()) layout.tables.push_back(accuracy_table(problem));
  extras.add_to(layout);
  return layout;
}

Table FlowRecord::diagnostics() const {
  Table table{.name = "diagnostics", .title = "functionals in time", .axis = {"time", "time", "T"}};
  const auto all = functionals();
  for (const auto& name : observed_) {
    const auto entry = std::ranges::find(all, name, &Functional::name);
    for (const auto& channel : experiment_.problem().channels()) {
      const std::string suffix = channel.empty() ? "" : "_" + channel;
      const std::string of = channel.empty() ? "" : fmt::format(" ({})", channel);
      table.columns.push_back({name + suffix, std::string{entry->meaning} + of, "1"});
    }
  }
  table.log_signal = observed_.front() == "relative_entropy" || observed_.front() == "chi_square";
  return table;
}

int FlowRecord::begin(Checkpointing& checkpoints) {
  for (std::size_t c = 0; c < evolutions_.size(); ++c) {
    const std::string& channel = experiment_.problem().channels()[c];
    evolutions_[c]->keep(checkpoints.state(), channel.empty() ? "" : ", " + channel);
  }
  const int done = checkpoints.resume(
      [this](const std::string&, double time, const auto& fields) { draw(time, fields); });
  if (done == 0) {
    look(0);
  } else {
    progress_.start_after(done);
    columns(done, schedule_.time(done));
  }
  return done;
}

void FlowRecord::walk(const CheckpointOptions& options) {
  Checkpointing checkpoints{experiment_, recorder_, options};
  for (int n = begin(checkpoints) + 1; n <= schedule_.steps; ++n) {
    for (const auto& evolution : evolutions_) {
      evolution->advance();
      evolution->look();
    }
    look(n);
    checkpoints.after(n, schedule_.time(n));
  }
}

void FlowRecord::look(int step) {
  const double time = schedule_.time(step);
  if (step % options_.every == 0 || step == schedule_.steps) add_rows(time);
  if (schedule_.is_output(step)) add_snapshot(time);
  const std::string line = columns(step, time);
  if (progress_.due(step)) progress_.show(step, line);
}

void FlowRecord::draw_steady_state() {
  if (!relaxes_) return;
  recorder_.picture("steady", "steady state", steady_states(evolutions_));
}

void FlowRecord::add_rows(double time) {
  std::vector<double> row{time};
  for (const auto& name : observed_) {
    for (const auto& evolution : evolutions_) row.push_back((*evolution)(name));
  }
  recorder_.row("diagnostics", row);
  double iterations = 0, defect = 0, residual = 0;
  for (const auto& evolution : evolutions_) {
    iterations += evolution->last_solve().iterations;
    defect = std::max(defect, evolution->last_solve().mass_defect);
    residual = std::max(residual, evolution->last_solve().worst);
  }
  recorder_.row("solver", {time, iterations, defect, residual});
}

void FlowRecord::add_snapshot(double time) {
  const Problem& problem = experiment_.problem();
  const auto fields = states(evolutions_);
  draw(time, fields);
  recorder_.snapshot(problem.quantity().group, time, {fields});
  if (problem.has_exact()) {
    auto row = accuracy_row(problem, evolutions_, time);
    row.insert(row.begin(), time);
    recorder_.row("accuracy", row);
  }
}

void FlowRecord::draw(double time, const std::vector<Field>& fields) {
  recorder_.picture("t" + short_number(time), "t = " + short_number(time), fields);
}

std::string FlowRecord::columns(int step, double time) {
  double total = 0, low = HUGE_VAL, entropy = 0;
  int iterations = 0;
  for (const auto& e : evolutions_) {
    total += (*e)("mass");
    low = std::min(low, (*e)("minimum"));
    entropy += (*e)(relaxes_ ? "relative_entropy" : "entropy");
    iterations += e->last_solve().iterations;
  }
  const double change = step == 0 ? 0 : entropy - entropy_before_;
  entropy_before_ = entropy;
  return fmt::format("{:>9} {:>10.4g} {:>14.8g} {:>12.4g} {:>14.7g} {:>12.3g} {:>6}", step, time,
                     total, low, entropy, change, iterations);
}

}  // namespace feller
