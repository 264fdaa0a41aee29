/// The semigroup of a Markov process, or its two-parameter family where coefficients depend on
/// time:
///
///     P_{0,T} = P_{s,T} P_{0,s}                                forward, on masses
///     P_{0,T}^T = P_{0,s}^T P_{s,T}^T                          backward, on expectations
///     <P_{s,T}^T g, P_{0,s} p> = <g, P_{0,T} p>                both at once (Chapman-Kolmogorov)
///
/// With the same steps this holds to round-off for every one-step method; with other step lengths
/// for exact exponentials too, and for a method of order p up to O(tau^p).
///
/// Controls: one step left out; and P_{0,T-s} in place of P_{s,T} where coefficients depend on
/// time.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "problems/formula_sampler.hpp"
#include "solvers/functionals.hpp"
#include "studies/flow/composition.hpp"
#include "studies/flow/evolution.hpp"
#include "studies/flow/propagation.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

constexpr std::array directions{Direction::forward, Direction::backward};

std::string named(const std::string& name, const std::string& channel) {
  return channel.empty() ? name : name + "_" + channel;
}

/// The paper's semigroup is that of densities.
std::string statement_of(Direction direction) {
  return direction == Direction::forward ? "V2" : "";
}

class Semigroup : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  std::vector<int> splits(const Parameters& parameters, const Schedule& schedule) const;
  FileLayout layout(const Experiment& experiment) const;
  void add_checks(Experiment& experiment, const TwoParameterFamily& family,
                  const Composition& composition, const std::string& channel) const;
  void add_other_steps(Experiment& experiment, const TwoParameterFamily& family,
                       const Composition& composition, int split, const std::string& channel) const;
  void add_controls(Experiment& experiment, const Composition& composition, int split,
                    const std::string& channel) const;
  void record(Experiment& experiment, Recorder& recorder, const Schedule& schedule,
              const std::vector<int>& splits,
              const std::vector<std::unique_ptr<Composition>>& all) const;

  TimeOptions time_;
  SolverSection solver_;
  std::vector<double> split_;
  std::string terminal_ = "x";
};

void Semigroup::declare(Parameters& p) {
  time_.declare(p);
  solver_.declare(p);
  p.add(
      "semigroup.split", split_,
      {.meaning = "times s at which a run is cut in two, moved to the nearest step; default: half "
                  "of the end",
       .unit = "T",
       .range = range::positive});
  p.add("semigroup.terminal", terminal_,
        {.meaning = "terminal data g of the expectations, in x, y, z"});
}

std::vector<int> Semigroup::splits(const Parameters& parameters, const Schedule& schedule) const {
  if (time_.tolerance > 0) {
    throw parameters.blame("time.tolerance",
                           "cuts steps by what moves, so that they are no family: must be 0");
  }
  std::vector<int> found;
  for (const double time : split_.empty() ? std::vector<double>{time_.end / 2} : split_) {
    const double nearest = std::round(time / schedule.step);
    if (!(nearest >= 1 && nearest <= schedule.steps - 1)) {
      throw parameters.blame(
          "semigroup.split",
          fmt::format("{:g} leaves no step before or after it: there are {} of length {:g}", time,
                      schedule.steps, schedule.step));
    }
    found.push_back(static_cast<int>(nearest));
  }
  std::ranges::sort(found);
  const auto repeated = std::ranges::unique(found);
  found.erase(repeated.begin(), repeated.end());
  return found;
}

FileLayout Semigroup::layout(const Experiment& experiment) const {
  const Quantity& quantity = experiment.problem().quantity();
  FileLayout layout = experiment.layout(quantity.group);
  layout.groups.push_back(experiment.group(quantity.group, experiment.title(),
                                           {{quantity.symbol, quantity.name, quantity.unit}}));
  layout.groups.push_back(experiment.group("backward", "expectation of the terminal data",
                                           {{"g", "E[g(X_end) | X_time = x]", "1"}}));
  Table table{.name = "semigroup",
              .title = "one run against two",
              .axis = {"split", "time of the cut", "T"},
              .together = true};
  for (const auto& channel : experiment.problem().channels()) {
    table.columns.push_back({named("forward", channel), "masses, L1 norm", "1"});
    table.columns.push_back({named("backward", channel), "expectations, maximum", "1"});
    table.columns.push_back({named("pairing", channel), "pairing of both", "1"});
  }
  layout.tables.push_back(table);
  return layout;
}

void Semigroup::add_checks(Experiment& experiment, const TwoParameterFamily& family,
                           const Composition& composition, const std::string& channel) const {
  const auto worst = [](const std::vector<double>& defects) {
    double most = 0;
    for (const double defect : defects) raise(most, defect);
    return most;
  };
  experiment.add({.name = named("forward", channel),
                  .claim = "largest |P_{s,T} P_{0,s} p - P_{0,T} p|_1 / |p|_1 of all cuts s",
                  .measured = worst(composition.defects(Direction::forward)),
                  .bound = composition.tolerance(),
                  .statement = "V2"});
  experiment.add(
      {.name = named("backward", channel),
       .claim = "largest max|P_{0,s}^T P_{s,T}^T g - P_{0,T}^T g| / max|g| of all cuts s",
       .measured = worst(composition.defects(Direction::backward)),
       .bound = composition.tolerance()});
  if (family.generator().has_source()) {
    experiment.say("pairing: left out, a source brings mass that no expectation accounts for");
    return;
  }
  experiment.add(
      {.name = named("chapman_kolmogorov", channel),
       .claim = "largest |<P_{s,T}^T g, P_{0,s} p> - <g, P_{0,T} p>| / (max|g| mass) of all cuts s",
       .measured = worst(composition.pairings()),
       .bound = composition.tolerance(),
       .statement = "V2"});
}

void Semigroup::add_other_steps(Experiment& experiment, const TwoParameterFamily& family,
                                const Composition& composition, int split,
                                const std::string& channel) const {
  const int order = family.propagator().order();
  for (const Direction direction : directions) {
    if (order == Propagator::exact) {
      experiment.add({.name = named(fmt::format("leaps_{}", name(direction)), channel),
                      .claim = fmt::format("two steps, of s and T - s, against {} equal ones, "
                                           "relative",
                                           family.schedule().steps),
                      .measured = composition.in_two_leaps(direction, split),
                      .bound = composition.tolerance(),
                      .statement = statement_of(direction)});
      continue;
    }
    const double coarse = composition.in_halves(direction, split, 1);
    const double fine = composition.in_halves(direction, split, 2);
    if (!(fine > 10 * composition.tolerance())) {
      experiment.say(fmt::format("{}: steps of half the length change {:.3g}, which is round-off",
                                 name(direction), fine));
      continue;
    }
    const double observed = std::log2(coarse / fine);
    experiment.add({.name = named(fmt::format("order_{}", name(direction)), channel),
                    .claim = fmt::format("one run against two with half the step: {:.4g}; with all "
                                         "steps halved {:.4g}: order {:.4f}, its distance from {}",
                                         coarse, fine, observed, order),
                    .measured = std::abs(observed - order),
                    .bound = 0.1,
                    .statement = statement_of(direction)});
  }
}

void Semigroup::add_controls(Experiment& experiment, const Composition& composition, int split,
                             const std::string& channel) const {
  const double margin = 10 * composition.tolerance();
  for (const Direction direction : directions) {
    experiment.add({.name = named(fmt::format("control_step_{}", name(direction)), channel),
                    .claim = "what is changed by leaving one step out of the second run, relative",
                    .measured = composition.without_a_step(direction, split),
                    .relation = Relation::greater,
                    .bound = margin,
                    .is_control = true,
                    .statement = statement_of(direction)});
  }
  if (!experiment.problem().depends_on_time()) return;
  experiment.add({.name = named("control_time", channel),
                  .claim = "|P_{0,T-s} P_{0,s} p - P_{0,T} p|_1 / |p|_1: the second run with the "
                           "coefficients of the first",
                  .measured = composition.with_the_wrong_time(split),
                  .relation = Relation::greater,
                  .bound = margin,
                  .is_control = true,
                  .statement = "V2"});
}

void Semigroup::record(Experiment& experiment, Recorder& recorder, const Schedule& schedule,
                       const std::vector<int>& splits,
                       const std::vector<std::unique_ptr<Composition>>& all) const {
  for (std::size_t i = 0; i < splits.size(); ++i) {
    std::vector<double> row{schedule.time(splits[i])};
    for (const auto& composition : all) {
      for (const Direction direction : directions) {
        row.push_back(composition->defects(direction)[i]);
      }
      row.push_back(composition->pairings()[i]);
    }
    recorder.row("semigroup", row);
  }
  for (const int k : schedule.outputs) {
    std::vector<Field> p, g;
    for (const auto& composition : all) {
      p.push_back(densities_of(composition->state(Direction::forward, k)));
      g.push_back(composition->state(Direction::backward, k));
    }
    recorder.snapshot(experiment.problem().quantity().group, schedule.time(k), {p});
    recorder.snapshot("backward", schedule.time(k), {g});
  }
}

void Semigroup::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Parameters& parameters = experiment.parameters();
  const Schedule schedule = time_.schedule(parameters);
  const auto cuts = splits(parameters, schedule);
  try_in_time(problem, schedule);
  const Constants none;
  const FormulaSampler sampler{parameters, problem.grid(), none};
  const Field g = sampler.at_centres("semigroup.terminal", terminal_, Sign::any);
  if (largest(g) == 0 && least(g) == 0) {
    throw parameters.blame("semigroup.terminal", "is 0 everywhere");
  }
  SolverOptions options = solver_.options;
  options.solves = schedule.steps;
  options.keep_positive = !problem.quantity().is_image;
  const auto& channels = problem.channels();
  std::vector<std::unique_ptr<TwoParameterFamily>> families;
  for (int c = 0; c < static_cast<int>(channels.size()); ++c) {
    families.push_back(
        std::make_unique<TwoParameterFamily>(problem, c, time_.method, options, schedule));
  }
  const Propagator& propagator = families.front()->propagator();
  if (time_.method == "bdf2") {
    throw parameters.blame("time.method",
                           "bdf2 looks two steps back, so that its steps are no family on "
                           "densities: take sdirk2");
  }
  Recorder& recorder = experiment.open(layout(experiment), {});
  say_method(experiment, propagator);

  std::vector<std::unique_ptr<Composition>> all;
  const int split = cuts[cuts.size() / 2];
  for (std::size_t c = 0; c < channels.size(); ++c) {
    all.push_back(std::make_unique<Composition>(*families[c], g, cuts));
    add_checks(experiment, *families[c], *all.back(), channels[c]);
    add_other_steps(experiment, *families[c], *all.back(), split, channels[c]);
    add_controls(experiment, *all.back(), split, channels[c]);
  }
  record(experiment, recorder, schedule, cuts, all);
}

}  // namespace

std::unique_ptr<Study> semigroup() {
  return std::make_unique<Semigroup>();
}

}  // namespace feller
