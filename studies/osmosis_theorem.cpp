/// The osmosis equation and its Lyapunov functional (Peter 2023, (26) to (28)) on small grids:
///
///     du/dt = div(grad u - d u),   d = grad ln v,   no flux at the border
///     w = (mean f / mean v) v,     L(u) = -int u ln(u/w) <= 0,    dL/dt = int u |grad ln(u/w)|^2
///
/// by implicit Euler with three solvers and by three exact exponentials, which must agree; the mean
/// is kept, u stays positive, L increases to 0, and w is what all tends to. See
/// problems/osmosis.hpp.
///
/// Controls: a guidance that changes sign; w without the factor of the means; explicit Euler beyond
/// its limit  tau max|a_ii| <= 1.

#include <fmt/format.h>

#include "solvers/functionals.hpp"
#include "studies/flow/propagation.hpp"
#include "studies/osmosis/osmosis_checks.hpp"
#include "studies/program/progress.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class OsmosisTheorem : public Study {
 public:
  void declare(Parameters& parameters) override {
    time_.declare(parameters);
    solver_.declare(parameters);
  }
  void run(Experiment& experiment) const override;

 private:
  Field guidance(const Experiment& experiment) const;
  FileLayout layout(const Experiment& experiment, const OsmosisMethods& methods) const;
  void walk(Experiment& experiment, Recorder& record, OsmosisMethods& methods,
            const Schedule& schedule) const;

  TimeOptions time_;
  SolverSection solver_;
};

Field OsmosisTheorem::guidance(const Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const auto refuse = [&](const std::string& key, const std::string& words) {
    return experiment.parameters().blame(key, words);
  };
  const auto v = problem.stationary(0);
  if (!v || problem.channels().size() != 1 || problem.depends_on_time()) {
    throw refuse("problem.kind", "must be osmosis of one channel with a guidance: osmosis_box");
  }
  if (!(least(*v) > 0)) {
    throw refuse("problem.kind", "needs a guidance > 0 here: signs are for signed_guidance");
  }
  if (!(largest(*v) - least(*v) > 1e-9 * largest(*v))) {
    throw refuse("problem.guidance", "is constant: without a drift there is nothing to control");
  }
  const Field f = problem.initial(0);
  if (!(least(f) >= 0) || !(mass(f) > 0)) {
    throw refuse("problem.initial", "must not be negative, nor 0 everywhere: L has its logarithm");
  }
  return *v;
}

FileLayout OsmosisTheorem::layout(const Experiment& experiment,
                                  const OsmosisMethods& methods) const {
  const Quantity& quantity = experiment.problem().quantity();
  const Labels time{"time", "time", "T"};
  FileLayout layout = experiment.layout("lyapunov");
  layout.groups = {
      experiment.group(quantity.group, "osmosis, exact in time",
                       {{quantity.symbol, quantity.name, quantity.unit}}),
      experiment.group("data", "guidance and steady state",
                       {{"v", "guidance", quantity.unit}, {"w", "steady state", quantity.unit}})};
  layout.groups.back().time.reset();
  Table differences{.name = "differences",
                    .title = "largest difference so far of methods that must agree",
                    .axis = time,
                    .log_signal = true,
                    .together = true};
  for (const auto& runner : methods.runners()) {
    if (&runner == &methods.euler() || &runner == &methods.exact()) continue;
    differences.columns.push_back({runner.name, runner.meaning, quantity.unit});
  }
  layout.tables = {{.name = "lyapunov",
                    .title = "-L = int u ln(u/w) along the flow",
                    .axis = time,
                    .columns = {{"exact", "exact in time", "1"}, {"euler", "implicit Euler", "1"}},
                    .log_signal = true,
                    .together = true},
                   differences};
  return layout;
}

void OsmosisTheorem::walk(Experiment& experiment, Recorder& record, OsmosisMethods& methods,
                          const Schedule& schedule) const {
  Progress progress{schedule.steps, experiment.problem().grid().comm()};
  progress.heading(fmt::format("{:>10} {:>14} {:>14}", "time", "L exact", "L Euler"));
  for (int n = 0;; ++n) {
    const double exact = methods.lyapunov_of(methods.exact());
    const double euler = methods.lyapunov_of(methods.euler());
    const double time = schedule.time(n);
    record.row("lyapunov", {time, -exact, -euler});
    std::vector<double> row{time};
    for (const auto& runner : methods.runners()) {
      if (&runner == &methods.euler() || &runner == &methods.exact()) continue;
      row.push_back(runner.difference);
    }
    record.row("differences", row);
    if (schedule.is_output(n)) {
      record.snapshot(experiment.problem().quantity().group, time,
                      {{densities_of(methods.exact().masses)}});
    }
    if (progress.due(n)) {
      progress.show(n, fmt::format("{:>10.4g} {:>14.6g} {:>14.6g}", time, exact, euler));
    }
    if (n == schedule.steps) return;
    methods.advance(n);
  }
}

void OsmosisTheorem::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  refuse_given(experiment.parameters(), {"time.method", "time.tolerance", "solver.method"},
               "is not used: six methods run side by side");
  const Schedule schedule = time_.schedule(experiment.parameters());
  const Field v = guidance(experiment), f = problem.initial(0);
  const Generator generator = problem.generator(0);
  const SteadyState w = closed_form(generator, mass(f));
  OsmosisMethods methods{generator, f, w.log_density, schedule, solver_.options};
  Recorder& record = experiment.open(layout(experiment, methods), {});
  record.constant("data", {{v}, {w.density}});
  walk(experiment, record, methods, schedule);

  const OsmosisChecks checks{experiment, generator, f, v, w};
  checks.add_flow(methods, solver_.options.tolerance);
  checks.add_slope(schedule.step);
  checks.add_steady();
  checks.add_signed_control();
  checks.add_explicit();
}

}  // namespace

std::unique_ptr<Study> osmosis_theorem() {
  return std::make_unique<OsmosisTheorem>();
}

}  // namespace feller
