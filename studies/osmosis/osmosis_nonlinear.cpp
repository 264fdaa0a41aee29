#include "studies/osmosis/osmosis_nonlinear.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/functionals.hpp"
#include "solvers/steady_state.hpp"
#include "studies/program/progress.hpp"

namespace feller {
namespace {

constexpr double stationary = 1e-11;
constexpr double settled = 1e-9;

/// max over the channels of |A(u) u|_inf / (max|a_ii| |u|_inf): free of units.
double residual(const std::vector<Generator>& generators, const std::vector<Field>& state) {
  double worst = 0;
  for (std::size_t c = 0; c < state.size(); ++c) {
    const Field change = generators[c].apply(state[c]);
    double rest = 0, size = 0;
    check(VecNorm(change.vector(), NORM_INFINITY, &rest));
    check(VecNorm(state[c].vector(), NORM_INFINITY, &size));
    raise(worst, rest / (size * generators[c].largest_outflow()));
  }
  return worst;
}

double least_of(const std::vector<Field>& state) {
  double low = HUGE_VAL;
  for (const auto& u : state) lower(low, least(u));
  return low;
}

/// max over the channels of |b - a|_inf / |b|_inf.
double change(const std::vector<Field>& a, const std::vector<Field>& b) {
  double worst = 0;
  for (std::size_t c = 0; c < a.size(); ++c) {
    raise(worst, linf_distance(a[c], b[c]) / largest(b[c]));
  }
  return worst;
}

double change_of_mean(const std::vector<Field>& from, const std::vector<Field>& to) {
  double worst = 0;
  for (std::size_t c = 0; c < from.size(); ++c)
    raise(worst, std::abs(mean(to[c]) / mean(from[c]) - 1));
  return worst;
}

}  // namespace

NonlinearOsmosisRun::NonlinearOsmosisRun(Experiment& experiment, const OsmosisOutput& output,
                                         SolverOptions solver)
    : experiment_{experiment},
      output_{output},
      solver_{std::move(solver)},
      problem_{*experiment.problem().osmosis()},
      diffusivity_{*problem_.diffusivity()} {
  for (int c = 0; c < static_cast<int>(problem_.channels().size()); ++c) {
    linear_.push_back(problem_.rates(c));
    initial_.push_back(problem_.initial(c));
  }
}

std::vector<Generator> NonlinearOsmosisRun::lagged_at(const std::vector<Field>& state) const {
  std::vector<Field> steepness;
  for (std::size_t c = 0; c < state.size(); ++c) {
    steepness.push_back(squared_steepness(linear_[c], state[c]));
  }
  if (diffusivity_.couple_channels) {
    steepness.assign(state.size(), sum_of(steepness));
  }
  std::vector<Generator> generators;
  for (std::size_t c = 0; c < state.size(); ++c) {
    generators.emplace_back(lagged(linear_[c], steepness[c], diffusivity_),
                            problem_.log_weight(static_cast<int>(c)));
  }
  return generators;
}

Recorder& NonlinearOsmosisRun::open(Table table, const std::vector<std::string>& pictures,
                                    bool in_time) const {
  const auto& channels = problem_.channels();
  const auto add = [&](const std::string& name, const std::string& meaning) {
    for (const auto& channel : channels) {
      table.columns.push_back({channel.empty() ? name : name + "_" + channel,
                               channel.empty() ? meaning : meaning + ", " + channel,
                               problem_.quantity().unit});
    }
  };
  table.columns = {{"residual", "largest |A(u) u|_inf / (max|a_ii| |u|_inf)", "1"}};
  add("mean", "mean");
  add("minimum", "smallest value");
  add("maximum", "largest value");
  table.log_signal = true;
  table.signals = 1;
  FileLayout layout = experiment_.layout(in_time ? "image" : "result");
  if (in_time) {
    const Quantity& quantity = problem_.quantity();
    layout.groups.push_back(experiment_.group(quantity.group, experiment_.title(),
                                              {{quantity.symbol, quantity.name, quantity.unit}}));
  }
  layout.tables.push_back(std::move(table));
  output_.add_to(layout);
  auto names = output_.pictures();
  names.insert(names.end(), pictures.begin(), pictures.end());
  return experiment_.open(layout, names);
}

std::vector<double> NonlinearOsmosisRun::row(double axis, const std::vector<Field>& state,
                                             double residual) const {
  std::vector<double> values{axis, residual};
  for (const auto& u : state) values.push_back(mean(u));
  for (const auto& u : state) values.push_back(least(u));
  for (const auto& u : state) values.push_back(largest(u));
  return values;
}

void NonlinearOsmosisRun::add_checks(const std::vector<Field>& state, double mass_defect,
                                     double least) const {
  experiment_.add({.name = "mean",
                   .claim = "largest relative change of the mean by one step",
                   .measured = mass_defect,
                   .bound = 1e-12});
  if (least_of(initial_) <= 0) return;
  experiment_.add({.name = "positivity",
                   .claim = "smallest value at any step",
                   .measured = std::min(least, least_of(state)),
                   .relation = Relation::greater,
                   .bound = 0});
}

void NonlinearOsmosisRun::evolve(const TimeOptions& time) const {
  const Schedule schedule = time.schedule(experiment_.parameters());
  if (time.method != "implicit_euler") {
    throw experiment_.parameters().blame(
        "time.method", "must be implicit_euler: lagged diffusivity is of order 1");
  }
  std::vector<std::string> names;
  for (const int n : schedule.outputs) names.push_back("t" + short_number(schedule.time(n)));
  Recorder& record =
      open({.name = "diagnostics", .title = "non-linear osmosis", .axis = {"time", "time", "T"}},
           names, true);
  Progress progress{schedule.steps, problem_.grid().comm()};
  progress.heading(fmt::format("{:>9} {:>10} {:>12} {:>12} {:>6}", "step", "time", "residual",
                               "minimum", "iter."));
  std::vector<Field> state = initial_;
  double mass_defect = 0, low = least_of(state);
  for (int n = 0;; ++n) {
    const auto generators = lagged_at(state);
    const double rest = residual(generators, state), t = schedule.time(n);
    record.row("diagnostics", row(t, state, rest));
    if (schedule.is_output(n)) {
      record.snapshot(problem_.quantity().group, t, {state});
      record.picture("t" + short_number(t), "t = " + short_number(t), state);
    }
    if (n == schedule.steps) break;
    const auto before = state;
    int iterations = 0;
    for (std::size_t c = 0; c < state.size(); ++c) {
      LinearSolver solver{generators[c], schedule.step, solver_};
      iterations += solver.solve(before[c], state[c]).iterations;
    }
    raise(mass_defect, change_of_mean(before, state));
    lower(low, least_of(state));
    if (progress.due(n + 1)) {
      progress.show(n + 1, fmt::format("{:>9} {:>10.4g} {:>12.3g} {:>12.4g} {:>6}", n + 1,
                                       schedule.time(n + 1), rest, low, iterations));
    }
  }
  output_.write(record, state);
  add_checks(state, mass_defect, low);
}

NonlinearOsmosisRun::Settled NonlinearOsmosisRun::settled_from(std::vector<Field> state,
                                                               int most_iterations,
                                                               Recorder* record) const {
  Settled s{.state = std::move(state)};
  s.least = least_of(s.state);
  for (;; ++s.iterations) {
    const auto generators = lagged_at(s.state);
    s.residual = residual(generators, s.state);
    const bool ends = (s.residual <= stationary / 2 && s.change <= settled / 2) ||
                      s.iterations == most_iterations;
    if (record != nullptr) {
      record->row("residuals", row(s.iterations, s.state, s.residual));
      if (ends || s.iterations % 10 == 0) {
        experiment_.say(fmt::format("iteration {:>4}: residual {:.3g}", s.iterations, s.residual));
      }
    }
    if (ends) return s;
    const auto before = s.state;
    for (std::size_t c = 0; c < before.size(); ++c) {
      s.state[c] = null_vector(generators[c], before[c], solver_).state.density;
    }
    raise(s.mass_defect, change_of_mean(before, s.state));
    lower(s.least, least_of(s.state));
    s.change = change(before, s.state);
  }
}

void NonlinearOsmosisRun::settle(int most_iterations, bool second_start) const {
  Recorder& record = open({.name = "residuals",
                           .title = "non-linear osmosis towards a steady state",
                           .axis = {"iteration", "number of the iteration", "1"}},
                          {}, false);
  const Settled found = settled_from(initial_, most_iterations, &record);
  output_.write(record, found.state);
  experiment_.add({.name = "stationarity",
                   .claim = fmt::format("|A(u) u|_inf / (max|a_ii| |u|_inf) after {} iterations",
                                        found.iterations),
                   .measured = found.residual,
                   .bound = stationary});
  experiment_.add({.name = "settled",
                   .claim = "largest change by the last iteration, relative to the largest value",
                   .measured = found.change,
                   .bound = settled});
  add_checks(found.state, found.mass_defect, found.least);
  // Beyond p = 1 z g(z) falls for large z, and steady states need not be unique.
  if (!second_start || diffusivity_.power > 1) return;
  std::vector<Field> flat;
  for (const auto& u : initial_) flat.emplace_back(u.grid(), mean(u));
  const Settled other = settled_from(std::move(flat), most_iterations, nullptr);
  experiment_.add({.name = "uniqueness",
                   .claim = "largest distance of the steady states from the image and from its "
                            "mean, relative to the largest value",
                   .measured = change(found.state, other.state),
                   .bound = 1e-8});
}

}  // namespace feller
