/// Entropies as Lyapunov functionals: D(u|w) decreases at every step for every convex phi, w being
/// the steady state or a second solution of the same equation, whose coefficients may depend on
/// time.
///
/// Control: Crank-Nicolson without a damped start, from all mass in one cell, makes negative
/// values.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "problems/formula_sampler.hpp"
#include "solvers/functionals.hpp"
#include "studies/flow/evolution.hpp"
#include "studies/flow/lyapunov_checks.hpp"
#include "studies/flow/lyapunov_record.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

std::vector<std::string> entropy_names() {
  std::vector<std::string> names;
  for (const auto& entry : phi_entropies()) names.emplace_back(entry.name);
  return names;
}

/// All mass in the cell that is left fastest, the first of them.
Field dirac(const Generator& generator, double mass) {
  const Grid& grid = generator.grid();
  const double fastest = generator.largest_outflow();
  double number = HUGE_VAL;
  for_each(grid.owned(), [&](const Index& cell) {
    if (generator.outflow()[cell] != fastest) return;
    number = std::min(number, static_cast<double>(grid.natural(cell)));
  });
  number = minimum(grid.comm(), number);
  return fill(grid, [&](const Index& cell) {
    return static_cast<double>(grid.natural(cell)) == number ? mass / grid.volume(cell) : 0;
  });
}

class Lyapunov : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  void validate(const Experiment& experiment) const;
  std::optional<Field> second_initial(const Experiment& experiment, const Field& first) const;
  EntropyFlow::Start start(const Experiment& experiment, int channel, Field initial) const;
  std::unique_ptr<EntropyFlow> flow(const Experiment& experiment, int channel,
                                    const std::string& method, double step,
                                    const SolverOptions& options, EntropyFlow::Start start) const;
  void add_checks(Experiment& experiment, const WatchedFlow& watched, const Schedule& schedule,
                  const std::string& channel) const;
  void add_control(Experiment& experiment, const Schedule& schedule, int channel) const;
  bool beside_steady_state() const { return against_ == "steady_state"; }

  TimeOptions time_;
  SolverSection solver_;
  std::vector<std::string> entropies_;
  std::string against_ = "steady_state";
  std::string second_;
  double renyi_order_ = 2;
  double constant_ = 0;
  bool control_ = false;
  int every_ = 1;
};

void Lyapunov::declare(Parameters& p) {
  time_.declare(p);
  solver_.declare(p);
  p.add("lyapunov.entropies", entropies_,
        {.meaning = "phi-entropies, the main one first; default: all", .choices = entropy_names()});
  p.add("lyapunov.against", against_,
        {.meaning = "what entropies are relative to: the steady state, or another solution of the "
                    "same equation",
         .choices = {"steady_state", "second_solution"}});
  p.add("lyapunov.second_initial", second_,
        {.meaning = "initial density of the second solution, in x, y, z; scaled to the mass of the "
                    "first"});
  p.add("lyapunov.renyi_order", renyi_order_,
        {.meaning = "order of the Renyi divergence", .range = range::positive});
  p.add("lyapunov.lsi_constant", constant_,
        {.meaning = "lambda of the logarithmic Sobolev inequality 2 KL <= I / lambda, where one is "
                    "known; 0: none",
         .unit = "1/T",
         .range = range::not_negative});
  p.add("lyapunov.control", control_,
        {.meaning = "run Crank-Nicolson without a damped start from one cell: it must violate "
                    "decrease"});
  p.add("observe.every", every_,
        {.meaning = "steps between two rows of the diagnostics", .range = range::at_least_one});
}

void Lyapunov::validate(const Experiment& experiment) const {
  const Parameters& parameters = experiment.parameters();
  for (auto name = entropies_.begin(); name != entropies_.end(); ++name) {
    if (std::find(entropies_.begin(), name, *name) != name) {
      throw parameters.blame("lyapunov.entropies", fmt::format("names {} twice", *name));
    }
  }
  if (time_.tolerance > 0) {
    throw parameters.blame("time.tolerance",
                           "cuts steps by what moves: entropies need the same steps for both "
                           "densities, so 0");
  }
  if (beside_steady_state() != second_.empty()) {
    throw parameters.blame("lyapunov.second_initial",
                           beside_steady_state()
                               ? "needs lyapunov.against = second_solution"
                               : "must be given for lyapunov.against = second_solution");
  }
  if (constant_ > 0 && !beside_steady_state()) {
    throw parameters.blame("lyapunov.lsi_constant",
                           "is one of the steady state: it needs lyapunov.against = steady_state");
  }
}

std::optional<Field> Lyapunov::second_initial(const Experiment& experiment,
                                              const Field& first) const {
  if (beside_steady_state()) return std::nullopt;
  const Constants none;
  const FormulaSampler sampler{experiment.parameters(), first.grid(), none};
  Field second = sampler.cell_means("lyapunov.second_initial", second_, Sign::not_negative);
  const double found = mass(second);
  if (!(found > 0) || !std::isfinite(found)) {
    throw experiment.parameters().blame("lyapunov.second_initial",
                                        fmt::format("has mass {} in the box, must be > 0", found));
  }
  check(VecScale(second.vector(), mass(first) / found));
  return second;
}

EntropyFlow::Start Lyapunov::start(const Experiment& experiment, int channel, Field initial) const {
  if (auto second = second_initial(experiment, initial)) {
    return {.u = std::move(initial), .second = std::move(second)};
  }
  const Problem& problem = experiment.problem();
  auto steady = steady_state_of(problem, channel, problem.generator(channel), solver_.options);
  if (!steady) {
    throw experiment.parameters().blame(
        "lyapunov.against",
        "steady_state: there is none, as coefficients depend on time or mass is lost; take "
        "second_solution");
  }
  return {.u = std::move(initial), .log_stationary = std::move(steady->log_density)};
}

std::unique_ptr<EntropyFlow> Lyapunov::flow(const Experiment& experiment, int channel,
                                            const std::string& method, double step,
                                            const SolverOptions& options,
                                            EntropyFlow::Start begin) const {
  auto flow = std::make_unique<EntropyFlow>(experiment.problem(), channel, method, step, options,
                                            std::move(begin));
  const bool chosen = !entropies_.empty();
  for (const auto& name : chosen ? entropies_ : entropy_names()) {
    if (name == "renyi" && !flow->generator().conserves_mass()) {
      if (!chosen) continue;
      throw experiment.parameters().blame("lyapunov.entropies",
                                          "renyi compares densities of the same mass, which this "
                                          "problem does not keep: leave it out");
    }
    flow->watch(name, phi_entropy(name).make(renyi_order_));
  }
  return flow;
}

void Lyapunov::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Schedule schedule = time_.schedule(experiment.parameters());
  validate(experiment);
  try_in_time(problem, schedule);
  SolverOptions options = solver_.options;
  options.solves = schedule.steps;
  options.keep_positive = !problem.quantity().is_image;

  const auto& channels = problem.channels();
  std::vector<WatchedFlow> flows;
  for (int c = 0; c < static_cast<int>(channels.size()); ++c) {
    auto moving = flow(experiment, c, time_.method, schedule.step, options,
                       start(experiment, c, problem.initial(c)));
    const double relative = moving->propagator().is_iterative() ? 1e4 * options.tolerance : 1e-8;
    const double floor = moving->mass() * relative * relative;
    flows.push_back({std::move(moving), DecayWatch{floor}});
  }
  LyapunovRecord record{experiment, schedule, every_, flows};
  record.look(0);
  for (int n = 1; n <= schedule.steps; ++n) {
    for (auto& watched : flows) watched.flow->advance();
    record.look(n);
  }
  for (std::size_t c = 0; c < flows.size(); ++c) {
    add_checks(experiment, flows[c], schedule, channels[c]);
    if (control_) add_control(experiment, schedule, static_cast<int>(c));
  }
}

void Lyapunov::add_checks(Experiment& experiment, const WatchedFlow& watched,
                          const Schedule& schedule, const std::string& channel) const {
  const LyapunovChecks checks{*watched.flow, watched.decay, schedule, channel};
  for (auto& check : checks.always()) experiment.add(check);
  for (const auto& track : watched.flow->tracks()) {
    if (track.finite > 0) continue;
    experiment.say(
        fmt::format("{}: infinite before every step, so nothing to be checked", track.name));
  }
  if (!beside_steady_state()) return;
  const auto decay = checks.decay();
  if (decay.check) experiment.add(*decay.check);
  if (!decay.words.empty()) experiment.say("decay against the spectral gap: " + decay.words);
  if (constant_ > 0) experiment.add(checks.log_sobolev(constant_, decay.gap));
}

void Lyapunov::add_control(Experiment& experiment, const Schedule& schedule, int channel) const {
  const Problem& problem = experiment.problem();
  const Generator generator = problem.generator(channel);
  // Up to 2 nothing is negative, a little above hardly anything.
  constexpr double stiff_enough = 10;
  const double stiffness = schedule.step * generator.largest_outflow();
  if (!(stiffness >= stiff_enough)) {
    experiment.say(
        fmt::format("control: left out, tau max|a_ii| = {:.3g} < {:g} does Crank-Nicolson "
                    "no harm",
                    stiffness, stiff_enough));
    return;
  }
  SolverOptions options = solver_.options;
  options.keep_positive = !problem.quantity().is_image;
  const auto rough =
      flow(experiment, channel, "crank_nicolson_plain", schedule.step, options,
           start(experiment, channel, dirac(generator, mass(problem.initial(channel)))));
  for (int n = 0; n < std::min(schedule.steps, 10); ++n) rough->advance();
  std::vector<std::string> violated;
  for (const auto& track : rough->tracks()) {
    if (track.decreased()) continue;
    violated.push_back(fmt::format("{} from step {}", track.name, track.worst.step));
  }
  const auto& extremes = rough->extremes();
  const std::string& of = problem.channels()[static_cast<std::size_t>(channel)];
  const std::string suffix = of.empty() ? "" : "_" + of;
  experiment.add({.name = "control_entropies" + suffix,
                  .claim = fmt::format("entropies that rise or are undefined under Crank-Nicolson "
                                       "without a damped start, from one cell: {}",
                                       fmt::join(violated, ", ")),
                  .measured = static_cast<double>(violated.size()),
                  .relation = Relation::greater,
                  .bound = 0,
                  .is_control = true});
  experiment.add(
      {.name = "control_positivity" + suffix,
       .claim = fmt::format("smallest value there, relative to the first: at step {}, t = {:g}, {}",
                            extremes.least_step, extremes.least_step * schedule.step,
                            problem.grid().describe(extremes.least.point)),
       .measured = extremes.least.value / largest(dirac(generator, rough->mass())),
       .relation = Relation::less,
       .bound = -1e-11,
       .is_control = true});
}

}  // namespace

std::unique_ptr<Study> lyapunov_study() {
  return std::make_unique<Lyapunov>();
}

}  // namespace feller
