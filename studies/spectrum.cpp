/// Eigenmodes of a generator, and what belongs to its slowest one:
///
///     A r = -lambda r,     A^T l = -lambda l
///
/// the steady state, with its probability current and entropy production where detailed balance
/// does not hold; or, where mass leaves, the quasi-stationary state. See solvers/eigenmodes.hpp.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/currents.hpp"
#include "solvers/eigenmodes.hpp"
#include "solvers/first_passage.hpp"
#include "solvers/functionals.hpp"
#include "solvers/reversal.hpp"
#include "solvers/steady_state.hpp"
#include "studies/flow/passage_setup.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class Spectrum : public Study {
 public:
  void declare(Parameters& parameters) override {
    parameters.add(
        "spectrum.modes", modes_,
        {.meaning = "eigenmodes to find, the slowest ones", .range = range::at_least_one});
  }
  void run(Experiment& experiment) const override;

 private:
  Eigenmodes modes(const Experiment& experiment, const Generator& generator) const;
  FileLayout layout(const Experiment& experiment, const Generator& generator) const;

  int modes_ = 6;
};

/// The state of the slowest mode, by itself.
struct Slowest {
  Field masses;
  std::optional<QuasiStationary> quasi_stationary;
  std::optional<Currents> currents;
};

Eigenmodes Spectrum::modes(const Experiment& experiment, const Generator& generator) const {
  try {
    return eigenmodes(generator, modes_);
  } catch (const InputError& error) {
    throw experiment.parameters().blame("spectrum.modes", error.what());
  }
}

Slowest slowest(const Experiment& experiment, const Generator& generator, const Eigenmodes& modes) {
  if (generator.conserves_mass()) {
    Currents now = currents(generator, modes.right.front());
    return {modes.right.front(), std::nullopt, std::move(now)};
  }
  KilledSystem system = killed_system(experiment, generator);
  auto state = quasi_stationary(system, Field{generator.grid(), 1});
  Field masses = state.masses;
  return {std::move(masses), std::move(state), std::nullopt};
}

FileLayout Spectrum::layout(const Experiment& experiment, const Generator& generator) const {
  const int dimension = generator.grid().dimension();
  const std::string density = experiment.problem().quantity().unit;
  const Labels mode{"mode", "number of the mode", "1"};
  FileLayout layout = experiment.layout("modes");
  FieldGroup modes = experiment.group("modes", experiment.title(),
                                      {{"r", "right mode", density}, {"l", "left mode", "1"}});
  modes.time = mode;
  FieldGroup state =
      experiment.group("steady_state", "steady state", {{"w", "steady state", density}});
  if (!generator.conserves_mass()) {
    state = experiment.group("quasi_stationary", "quasi-stationary state",
                             {{"nu", "quasi-stationary density", density}});
  }
  state.time.reset();
  layout.groups = {modes, state};
  if (generator.conserves_mass() && !generator.reversible()) {
    FieldGroup current = experiment.group("current", "current of the steady state", {});
    for (int a = 0; a < dimension; ++a) {
      const std::string axis{Grid::axis_names[static_cast<std::size_t>(a)]};
      const std::string area = dimension == 1 ? "1/T" : dimension == 2 ? "1/(L T)" : "1/(L^2 T)";
      current.fields.push_back({"j_" + axis, "probability current along " + axis, area});
    }
    current.time.reset();
    layout.groups.push_back(current);
  }
  layout.tables = {
      {.name = "eigenvalues",
       .title = "eigenvalues of -A",
       .axis = mode,
       .columns = {{"decay_rate", "decay rate Re lambda", "1/T"},
                   {"frequency", "angular frequency Im lambda", "1/T"}}},
      {.name = "solver",
       .title = "residuals of the eigenmodes",
       .axis = mode,
       .columns = {{"residual", "|A r + lambda r|_1 / (max|a_ii| |r|_1)", "1"},
                   {"left_residual", "|A^T l + lambda l|_max / (max|a_ii| |l|_max)", "1"}}}};
  return layout;
}

void record_modes(Experiment& experiment, Recorder& record, const Eigenmodes& modes) {
  for (std::size_t i = 0; i < modes.rates.size(); ++i) {
    const auto number = static_cast<double>(i);
    const auto rate = modes.rates[i];
    const Field right = densities_of(modes.right[i]);
    record.snapshot("modes", number, {right, modes.left[i]});
    record.row("eigenvalues", {number, rate.real(), rate.imag()});
    record.row("solver", {number, modes.residuals[i], modes.left_residuals[i]});
    experiment.say(rate.imag() == 0
                       ? fmt::format("mode {}: {:.12g}", i, rate.real())
                       : fmt::format("mode {}: {:.12g} {:+.12g} i", i, rate.real(), rate.imag()));
  }
}

/// Largest |(l_i, r_j)| of modes of different eigenvalues, over sum |l_i| |r_j|.
double worst_overlap(const Eigenmodes& modes) {
  const auto size = [](double x) { return std::abs(x); };
  double worst = 0;
  for (std::size_t i = 0; i < modes.rates.size(); ++i) {
    for (std::size_t j = 0; j < modes.rates.size(); ++j) {
      if (i == j || modes.rates[i] == std::conj(modes.rates[j])) continue;
      double overlap = 0, all = 0;
      check(VecDot(modes.left[i].vector(), modes.right[j].vector(), &overlap));
      check(VecDot(transformed(modes.left[i], size).vector(),
                   transformed(modes.right[j], size).vector(), &all));
      raise(worst, std::abs(overlap) / all);
    }
  }
  return worst;
}

void add_mode_checks(Experiment& experiment, const Generator& generator, const Eigenmodes& modes) {
  experiment.add({.name = "residual",
                  .claim = "largest residual of a right or left mode",
                  .measured = std::max(*std::ranges::max_element(modes.residuals),
                                       *std::ranges::max_element(modes.left_residuals)),
                  .bound = 1e-11});
  experiment.add({.name = "biorthogonality",
                  .claim = "largest |(l_i, r_j)| of two modes, over sum |l_i| |r_j|",
                  .measured = worst_overlap(modes),
                  .bound = 1e-8});
  if (generator.reversible()) return;  // rates are quotients of sums of squares there
  // The first one of a generator that keeps mass is 0 by construction.
  const auto found = modes.rates.begin() + (generator.conserves_mass() ? 1 : 0);
  if (found == modes.rates.end()) return;
  experiment.add({.name = "decay",
                  .claim = "smallest real part of an eigenvalue that was computed: nothing grows",
                  .measured = found->real(),
                  .relation = Relation::at_least,
                  .bound = 0});
}

void add_steady_checks(Experiment& experiment, const Generator& generator, const Slowest& slowest) {
  const Currents& now = *slowest.currents;
  experiment.add({.name = "steady_state",
                  .claim = "|A w|_1 / (max|a_ii| |w|_1), w the first mode",
                  .measured = stationarity_defect(generator, densities_of(slowest.masses)),
                  .bound = 1e-13});
  if (generator.reversible()) {
    experiment.add({.name = "no_current",
                    .claim = "current of the steady state over its traffic, sum |J| / sum (forth "
                             "m_K + back m_L): none in detailed balance",
                    .measured = now.size / now.throughput,
                    .bound = 1e-13});
    return;
  }
  double left = 0;
  check(VecNorm(now.divergence.vector(), NORM_1, &left));
  experiment.add({.name = "divergence",
                  .claim = "sum |div J| / sum |J| of the steady state",
                  .measured = left / now.size,
                  .bound = 1e-12});
  experiment.add({.name = "current",
                  .claim = "sum |J| over the traffic sum (forth m_K + back m_L): far above "
                           "round-off",
                  .measured = now.size / now.throughput,
                  .relation = Relation::greater,
                  .bound = 1e-10});
  experiment.add({.name = "entropy_production",
                  .claim = "sum of J ln(forth m_K / (back m_L)) [1/T]: positive without detailed "
                           "balance",
                  .measured = now.entropy_production,
                  .relation = Relation::greater,
                  .bound = 0});
  const Generator reversible =
      reversible_half(generator, transformed(slowest.masses, [](double m) { return std::log(m); }));
  const Currents none = currents(reversible, slowest.masses);
  experiment.add({.name = "reversible_half",
                  .claim = "the same ratio for the reversible half of the rates: no current",
                  .measured = none.size / none.throughput,
                  .bound = 1e-13});
}

void add_quasi_stationary_checks(Experiment& experiment, const Eigenmodes& modes,
                                 const Slowest& slowest) {
  const QuasiStationary& state = *slowest.quasi_stationary;
  experiment.add({.name = "rate",
                  .claim = fmt::format("rate at which the quasi-stationary state is killed, "
                                       "{:.10g}, against the first eigenvalue; relative",
                                       state.rate),
                  .measured = std::abs(state.rate / modes.rates.front().real() - 1),
                  .bound = 1e-9});
  experiment.add({.name = "positivity",
                  .claim = "smallest value of the quasi-stationary state",
                  .measured = least(state.masses),
                  .relation = Relation::at_least,
                  .bound = 0});
  experiment.add(
      {.name = "first_mode",
       .claim = "L1 distance of the quasi-stationary state to the first mode",
       .measured = l1_distance(densities_of(state.masses), densities_of(modes.right.front())),
       .bound = 1e-8});
}

void Spectrum::run(Experiment& experiment) const {
  require_plain_process(experiment, "a spectrum");
  const Generator generator = experiment.problem().generator(0);
  const Eigenmodes found = modes(experiment, generator);
  const Slowest state = slowest(experiment, generator, found);

  Recorder& record = experiment.open(layout(experiment, generator), {});
  record_modes(experiment, record, found);
  const Field density = densities_of(state.masses);
  record.constant(generator.conserves_mass() ? "steady_state" : "quasi_stationary", {density});
  add_mode_checks(experiment, generator, found);
  if (!state.currents) {
    add_quasi_stationary_checks(experiment, found, state);
    return;
  }
  add_steady_checks(experiment, generator, state);
  if (generator.reversible()) return;
  const auto& j = state.currents->density;
  record.constant("current", {j.begin(), j.end()});
  experiment.say(fmt::format("entropy production: {:.12g}", state.currents->entropy_production));
}

}  // namespace

std::unique_ptr<Study> spectrum() {
  return std::make_unique<Spectrum>();
}

}  // namespace feller
