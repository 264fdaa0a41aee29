/// Duality of the two equations: <g_n, p_n> is the same at every time,
///
///     forward   p_{n+1} = R p_n  from the initial state,
///     backward  g_n = R^T g_{n+1}  from terminal data,   g_n(x) = E[ g(X_N) | X_n = x ].
///
/// Controls. Peter 2023, eq. (24), is printed with the sign of the drift wrong: with data tilted so
/// that no symmetry hides it, its backward equation is no dual of the forward one. (Eq. (25) has
/// the sign of time wrong, which cannot be run: study feller_moments.) And the backward equation is
/// no sampler: terminal data that are a density do not stay one, unless the drift is free of
/// divergence.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "problems/formula_sampler.hpp"
#include "solvers/functionals.hpp"
#include "solvers/steady_state.hpp"
#include "studies/flow/evolution.hpp"
#include "studies/flow/propagation.hpp"
#include "studies/flow/reversed_drift.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

double pairing(const Field& g, const Field& masses) {
  double product = 0;
  check(VecDot(g.vector(), masses.vector(), &product));
  return product;
}

double largest_size(const Field& g) {
  return std::max(largest(g), -least(g));
}

/// One channel's equations, forward and backward.
struct Pair {
  Pair(const Problem& problem, int channel, const std::string& method, double step,
       const SolverOptions& options, double tolerance)
      : generator{problem.generator(channel)},
        propagator{propagator_of(problem, channel, generator, method, step, options, tolerance)},
        initial{problem.initial(channel)} {}
  Pair(const Pair&) = delete;

  Generator generator;
  std::unique_ptr<Propagator> propagator;
  Field initial;
};

/// Both sides of one channel, at the outputs of the schedule.
struct Duel {
  std::vector<Field> forward;  ///< masses
  std::vector<Field> backward;
  std::vector<double> pairings;
  double error = 0;  ///< sum of the residuals of both directions
  double least = std::numeric_limits<double>::infinity();
  double largest = -least;
};

Duel run_both(Propagator& propagator, const Field& initial, Field g, const Schedule& schedule) {
  Duel duel;
  Field masses = masses_of(initial);
  for (int n = 0;; ++n) {
    if (schedule.is_output(n)) duel.forward.push_back(masses);
    if (n == schedule.steps) break;
    duel.error += propagator.advance(masses, n).residual;
  }
  for (int n = schedule.steps;; --n) {
    if (schedule.is_output(n)) duel.backward.push_back(g);
    lower(duel.least, least(g));
    raise(duel.largest, largest(g));
    if (n == 0) break;
    duel.error += propagator.advance_backward(g, n - 1).residual;
  }
  std::ranges::reverse(duel.backward);
  for (std::size_t i = 0; i < duel.forward.size(); ++i) {
    duel.pairings.push_back(pairing(duel.backward[i], duel.forward[i]));
  }
  return duel;
}

/// Times 1 to 2 along each axis but unlike from one to the next: a state without symmetries.
Field tilted(Field field, double sign) {
  const Grid& grid = field.grid();
  auto value = field.values().begin();
  for_each(grid.owned(), [&](const Index& k) {
    double factor = 1;
    for (int a = 0; a < grid.dimension(); ++a) {
      const Axis& axis = grid.axis(a);
      const double part =
          (axis.centre(k[static_cast<std::size_t>(a)]) - axis.lower) / axis.length();
      // Higher powers than the mean, which a constant drift on a ring leaves alone.
      factor *= 1 + part * part * (sign > 0 ? 1 - part / (2 + a) : part / (3 + a));
    }
    *value++ *= factor;
  });
  return field;
}

/// |A 1|, 1 one unit of density everywhere, over that of the rates: 0 for a drift without
/// divergence.
bool keeps_uniform(const Generator& generator) {
  return stationarity_defect(generator, Field{generator.grid(), 1}) <= 1e-12;
}

Field backward_to_start(Propagator& propagator, Field g, int steps) {
  for (int n = steps - 1; n >= 0; --n) propagator.advance_backward(g, n);
  return g;
}

class Duality : public Study {
 public:
  void declare(Parameters& parameters) override {
    time_.declare(parameters);
    solver_.declare(parameters);
    parameters.add(
        "duality.terminal", terminal_,
        {.meaning = "terminal data g of the backward equation, in x, y, z", .required = true});
  }

  void run(Experiment& experiment) const override;

 private:
  FileLayout layout(const Experiment& experiment) const;
  void add_checks(Experiment& experiment, const Duel& duel, const Propagator& propagator,
                  const Generator& generator, const Field& g, const std::string& channel) const;
  void add_controls(Experiment& experiment, const Duel& duel, Pair& pair, const Field& g,
                    const Schedule& schedule, const std::string& channel) const;

  TimeOptions time_;
  SolverSection solver_;
  std::string terminal_;
};

std::string named(const std::string& name, const std::string& channel) {
  return channel.empty() ? name : name + "_" + channel;
}

FileLayout Duality::layout(const Experiment& experiment) const {
  const Quantity& quantity = experiment.problem().quantity();
  FileLayout layout = experiment.layout("backward");
  layout.groups.push_back(experiment.group("backward", "expectation of the terminal data",
                                           {{"g", "E[g(X_end) | X_time = x]", "1"}}));
  layout.groups.push_back(experiment.group(quantity.group, experiment.title(),
                                           {{quantity.symbol, quantity.name, quantity.unit}}));
  Table table{
      .name = "duality", .title = "pairing of both equations", .axis = {"time", "time", "T"}};
  for (const auto& channel : experiment.problem().channels()) {
    table.columns.push_back(
        {named("pairing", channel), "integral of g times " + quantity.symbol, "1"});
  }
  layout.tables.push_back(table);
  return layout;
}

void Duality::add_checks(Experiment& experiment, const Duel& duel, const Propagator& propagator,
                         const Generator& generator, const Field& g,
                         const std::string& channel) const {
  const double size = largest_size(g) * total(duel.forward.front());
  double worst = 0;
  for (const double value : duel.pairings) {
    raise(worst, std::abs(value - duel.pairings.back()) / size);
  }
  experiment.add({.name = named("duality", channel),
                  .claim = "largest |<g_n, p_n> - <g_N, p_N>| / (max|g| mass)",
                  .measured = worst,
                  .bound = propagator.is_iterative() ? 1e-12 + duel.error : 1e-12,
                  .statement = "V10"});
  const double stiffness = propagator.stiffness();
  // Without positive rates it is to be seen to fail.
  if (generator.is_markov() && stiffness > propagator.positive_up_to()) return;
  double beyond = duel.largest - largest(g);
  raise(beyond, least(g) - duel.least);
  experiment.add(
      {.name = named("maximum_principle", channel),
       .claim = "how far expectations leave the range of the terminal data, over its size",
       .measured = beyond / largest_size(g),
       .bound = 1e-12 + duel.error});
}

void Duality::add_controls(Experiment& experiment, const Duel& duel, Pair& pair, const Field& g,
                           const Schedule& schedule, const std::string& channel) const {
  const Generator& generator = pair.generator;
  const Field& p = pair.initial;
  if (!drifts(generator.rates())) {
    experiment.say("controls: left out, there is no drift whose sign could be wrong");
    return;
  }
  const double margin = 10 * (1e-12 + duel.error);
  const Generator reversed{with_drift_reversed(generator.rates())};
  const SolverOptions options{.tolerance = solver_.options.tolerance, .solves = schedule.steps};
  const auto forward = make_propagator("implicit_euler", generator, schedule.step, options);
  const auto printed = make_propagator("implicit_euler", reversed, schedule.step, options);
  const Field start = masses_of(tilted(p, 1)), terminal = tilted(g, -1);
  Field moved{start};
  for (int n = 0; n < schedule.steps; ++n) forward->advance(moved, n);
  const double right = pairing(terminal, moved);
  const double wrong = pairing(backward_to_start(*printed, terminal, schedule.steps), start);
  experiment.add(
      {.name = named("control_sign", channel),
       .claim = "defect of duality with the drift's sign as printed in Peter 2023, eq. (24)",
       .measured = std::abs(wrong - right) / (largest_size(terminal) * total(start)),
       .relation = Relation::greater,
       .bound = margin,
       .is_control = true,
       .statement = "V10",
       .misprint = "Peter 2023, (24)"});
  if (keeps_uniform(generator)) {
    experiment.say(
        "control_sampler: left out, the drift is free of divergence, so the backward "
        "equation keeps mass here");
    return;
  }
  const Field sampled = backward_to_start(*pair.propagator, p, schedule.steps);
  experiment.add(
      {.name = named("control_sampler", channel),
       .claim = "relative change of mass when the backward equation is given a density",
       .measured = std::abs(mass(sampled) / mass(p) - 1),
       .relation = Relation::greater,
       .bound = margin,
       .is_control = true,
       .statement = "V10",
       .misprint = "Peter 2023, section 3.2 (backward equation as generative reversal)"});
}

void Duality::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Grid& grid = problem.grid();
  const Schedule schedule = time_.schedule(experiment.parameters());
  const Constants none;
  const FormulaSampler sampler{experiment.parameters(), grid, none};
  const Field g = sampler.at_centres("duality.terminal", terminal_, Sign::any);
  if (largest_size(g) == 0) {
    throw experiment.parameters().blame("duality.terminal", "is 0 everywhere");
  }
  SolverOptions options = solver_.options;
  options.solves = schedule.steps;
  options.keep_positive = !problem.quantity().is_image;

  try_in_time(problem, schedule);
  const auto& channels = problem.channels();
  std::vector<std::unique_ptr<Pair>> pairs;
  for (int c = 0; c < static_cast<int>(channels.size()); ++c) {
    pairs.push_back(std::make_unique<Pair>(problem, c, time_.method, schedule.step, options,
                                           schedule.tolerance));
    pairs.back()->propagator->start_backward_from(g);
  }
  if (pairs.front()->generator.has_source()) {
    throw experiment.parameters().blame("problem.border_density",
                                        "brings mass in, which no expectation accounts for: "
                                        "duality needs 0");
  }
  Recorder& record = experiment.open(layout(experiment), {});
  say_method(experiment, *pairs.front()->propagator);

  std::vector<Duel> duels;
  for (std::size_t c = 0; c < channels.size(); ++c) {
    Pair& pair = *pairs[c];
    duels.push_back(run_both(*pair.propagator, pair.initial, g, schedule));
    add_checks(experiment, duels.back(), *pair.propagator, pair.generator, g, channels[c]);
    add_controls(experiment, duels.back(), pair, g, schedule, channels[c]);
  }
  for (std::size_t i = 0; i < schedule.outputs.size(); ++i) {
    const double time = schedule.time(schedule.outputs[i]);
    std::vector<Field> p, expectations;
    std::vector<double> row{time};
    for (const auto& duel : duels) {
      p.push_back(densities_of(duel.forward[i]));
      expectations.push_back(duel.backward[i]);
      row.push_back(duel.pairings[i]);
    }
    record.row("duality", row);
    record.snapshot("backward", time, {expectations});
    record.snapshot(problem.quantity().group, time, {p});
  }
}

}  // namespace

std::unique_ptr<Study> duality() {
  return std::make_unique<Duality>();
}

}  // namespace feller
