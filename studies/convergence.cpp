/// Convergence on a ladder of grids, of steps, or of both: errors, observed orders with their
/// spread, extrapolated values; see studies/flow/ladder.hpp and studies/flow/orders.hpp.
///
/// Control: with the sign of the drift wrong the error does not fall.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/functionals.hpp"
#include "studies/flow/convergence_table.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

const std::vector<std::string> refined_names{"space", "time", "both"};
const std::vector<std::string> reference_names{"exact", "exponential", "next"};

template <class Kind>
Kind one_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<Kind>(std::ranges::find(names, name) - names.begin());
}

class Convergence : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  LadderOptions options(const Experiment& experiment) const;
  double expected(const Ladder& ladder) const;
  FileLayout layout(const Experiment& experiment, const ConvergenceTable& table) const;
  void climb(const Experiment& experiment, Ladder& ladder, const ConvergenceTable& table,
             bool next) const;
  void record(Experiment& experiment, Recorder& recorder, const Ladder& ladder,
              const ConvergenceTable& table) const;
  void add_checks(Experiment& experiment, const Ladder& ladder,
                  const ConvergenceTable& table) const;
  void add_control(Experiment& experiment, const Ladder& ladder) const;

  TimeOptions time_;
  SolverSection solver_;
  std::string in_ = "space";
  std::string reference_;
  int levels_ = 4;
  int ratio_ = 2;
  std::vector<double> expected_;
  double tolerance_ = 0.05;
  std::vector<std::string> norms_{"L1", "L2", "Linf"};
};

void Convergence::declare(Parameters& p) {
  time_.declare(p);
  solver_.declare(p);
  p.add("convergence.in", in_, {.meaning = "what is refined", .choices = refined_names});
  p.add("convergence.levels", levels_, {.meaning = "grids of the ladder, at least 3"});
  p.add("convergence.ratio", ratio_,
        {.meaning = "cells along an axis, or steps, over those of the grid before",
         .range = {.low = 2}});
  p.add("convergence.reference", reference_,
        {.meaning = "what errors are measured against: the exact density, the exponential on the "
                    "same grid, or the next finer grid; default: exponential in time, otherwise "
                    "exact, and next where neither can be had",
         .choices = reference_names});
  p.add("convergence.expected_order", expected_,
        {.meaning = "order that is checked; default: 2 in space, the propagator's in time",
         .range = range::positive});
  p.add("convergence.tolerance", tolerance_,
        {.meaning = "by how much observed orders may differ from it", .range = range::positive});
  p.add("convergence.norms", norms_,
        {.meaning = "norms whose order is checked", .choices = {"L1", "L2", "Linf"}});
}

LadderOptions Convergence::options(const Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Parameters& parameters = experiment.parameters();
  if (levels_ < 3) {
    throw parameters.blame("convergence.levels",
                           "needs at least 3 grids, or an order has no "
                           "spread");
  }
  if (time_.tolerance > 0) {
    throw parameters.blame("time.tolerance",
                           "keeps the error in time from falling with the step: leave it out");
  }
  if (expected_.size() > 1) throw parameters.blame("convergence.expected_order", "is one number");
  LadderOptions options{.refined = one_of<Refined>(refined_names, in_),
                        .grids = levels_,
                        .ratio = ratio_,
                        .method = time_.method,
                        .coarsest = time_.schedule(parameters),
                        .solver = solver_.options};
  if (!reference_.empty()) {
    options.reference = one_of<Reference>(reference_names, reference_);
  } else if (options.refined == Refined::time && !problem.depends_on_time()) {
    options.reference = Reference::exponential;
  } else if (options.refined == Refined::time || !problem.has_exact()) {
    options.reference = Reference::next;
  }
  if (options.reference == Reference::exact && problem.has_exact()) {
    const double found = mass(*problem.exact(0, options.coarsest.end()));
    if (std::abs(found - 1) > 0.01) {
      throw parameters.blame("problem.exact",
                             fmt::format("has mass {:.6g} in the box at t = {:g}, must be 1", found,
                                         options.coarsest.end()));
    }
  }
  return options;
}

double Convergence::expected(const Ladder& ladder) const {
  return expected_.empty() ? ladder.order() : expected_.front();
}

FileLayout Convergence::layout(const Experiment& experiment, const ConvergenceTable& table) const {
  const Quantity& quantity = experiment.problem().quantity();
  FileLayout layout = experiment.layout("convergence");
  layout.tables = {table.errors(experiment.title()), table.values()};
  layout.groups.push_back(experiment.group(
      "coarsest", "at the end, on the coarsest grid",
      {{"error", "error", quantity.unit}, {quantity.symbol, quantity.name, quantity.unit}}));
  layout.groups.back().time.reset();
  return layout;
}

void Convergence::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const LadderOptions choices = options(experiment);
  Ladder ladder{[&](int refinement) -> std::shared_ptr<const Problem> {
                  if (refinement > 1) return experiment.refined_problem(refinement);
                  return {std::shared_ptr<void>{}, &problem};
                },
                choices};
  const ConvergenceTable table{ladder, choices, problem.quantity(), problem.grid().dimension(),
                               expected(ladder)};
  Recorder& recorder = experiment.open(layout(experiment, table), {});
  experiment.say(fmt::format("{}, errors against {}", ladder.propagator().description(),
                             choices.reference == Reference::exact ? "the exact density"
                             : choices.reference == Reference::exponential
                                 ? "the exponential on the same grid"
                                 : "the next finer grid"));
  climb(experiment, ladder, table, choices.reference == Reference::next);
  record(experiment, recorder, ladder, table);
  add_checks(experiment, ladder, table);
  add_control(experiment, ladder);
}

void Convergence::climb(const Experiment& experiment, Ladder& ladder, const ConvergenceTable& table,
                        bool next) const {
  experiment.say(ConvergenceTable::heading());
  for (int k = 0; k < levels_; ++k) {
    ladder.climb(k);
    if (!next) experiment.say(table.line(static_cast<std::size_t>(k)));
    if (next && k > 0) experiment.say(table.line(static_cast<std::size_t>(k) - 1));
  }
  if (next) experiment.say(table.line(static_cast<std::size_t>(levels_) - 1));
  experiment.say("\n" + table.orders_text());
  experiment.say("\n" + table.limits_text());
}

void Convergence::record(Experiment& experiment, Recorder& recorder, const Ladder& ladder,
                         const ConvergenceTable& table) const {
  for (const auto& row : table.error_rows()) recorder.row("convergence", row);
  for (const auto& row : table.value_rows()) recorder.row("richardson", row);
  const Rung& coarsest = ladder.rungs().front();
  recorder.constant("coarsest", {coarsest.misses, coarsest.states});
  experiment.say("");
}

void Convergence::add_checks(Experiment& experiment, const Ladder& ladder,
                             const ConvergenceTable& table) const {
  const double theory = expected(ladder);
  double growth = 0, solver = 0;
  for (const auto& name : norms_) {
    const auto i =
        static_cast<std::size_t>(std::ranges::find(table.names(), name) - table.names().begin());
    const Order found = table.order(i);
    experiment.add(
        {.name = "order_" + name,
         .claim = fmt::format("distance of the observed order of the {} error to {:g}: {:.4f} by "
                              "least squares, standard error {:.2g}, pairwise {:.3f} to {:.3f}",
                              name, theory, found.value, found.standard_error, found.least,
                              found.largest),
         .measured = std::abs(found.value - theory),
         .bound = tolerance_});
    raise(growth, std::pow(ratio_, -found.least));
  }
  experiment.add({.name = "decrease",
                  .claim = "largest error over that on the next coarser grid, of all norms",
                  .measured = growth,
                  .relation = Relation::less,
                  .bound = 1});
  for (const auto& rung : ladder.rungs()) {
    if (!std::isnan(rung.errors[0])) raise(solver, rung.solver_error);
  }
  experiment.add({.name = "resolved",
                  .claim = "largest error of the linear solver over the L1 error: 1 % can shift an "
                           "order by 0.03 at most",
                  .measured = solver,
                  .bound = 0.01});
}

void Convergence::add_control(Experiment& experiment, const Ladder& ladder) const {
  const auto ratio = ladder.reversed_ratio();
  if (!ratio) return;
  experiment.add({.name = "control_sign",
                  .claim = "L1 error over that on the next coarser grid with the sign of the drift "
                           "wrong: not even half an order",
                  .measured = *ratio,
                  .relation = Relation::greater,
                  .bound = std::pow(ratio_, -0.5),
                  .is_control = true});
}

}  // namespace

std::unique_ptr<Study> convergence() {
  return std::make_unique<Convergence>();
}

}  // namespace feller
