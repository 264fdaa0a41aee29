/// The chain as a family of Markov operators (Peter 2023, (3)-(8), Property 2): its steps against
/// its jumps and its law, one run against two, and the flow of which it is a sampling. Equations
/// stand where they are checked: chain_steps.hpp, chain_cuts.hpp, chain_flow.hpp.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/formula_sampler.hpp"
#include "solvers/functionals.hpp"
#include "studies/chain/chain_cuts.hpp"
#include "studies/chain/chain_flow.hpp"
#include "studies/chain/chain_steps.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class ChainSemigroup : public Study {
 public:
  void declare(Parameters& parameters) override {
    chain_.declare(parameters);
    parameters.add("semigroup.terminal", terminal_,
                   {.meaning = "terminal data g of the expectations, in x, y, z"});
  }
  void run(Experiment& experiment) const override;

 private:
  FileLayout layout(const Experiment& experiment) const;
  Field terminal(const Experiment& experiment) const;

  NoiseScheduleOptions chain_;
  std::string terminal_ = "x";
};

FileLayout ChainSemigroup::layout(const Experiment& experiment) const {
  const Quantity& quantity = experiment.problem().quantity();
  const Labels step{"step", "step i of the chain", "1"};
  FileLayout layout = experiment.layout("density");
  FieldGroup density = experiment.group("density", experiment.title(),
                                        {{quantity.symbol, quantity.name, quantity.unit}});
  FieldGroup backward = experiment.group("backward", "expectation of the terminal data",
                                         {{"g", "E[g(U_m) | U_i = x]", "1"}});
  for (auto* group : {&density, &backward}) {
    group->time = step;
    layout.groups.push_back(*group);
  }
  layout.tables.push_back({.name = "steps",
                           .title = "i steps against the law and against one jump, L1",
                           .axis = step,
                           .columns = {{"law", "|p_i - law of U_i|", "1"},
                                       {"law_bound", "its bound", "1"},
                                       {"jump", "|p_i - jump 0 to i|", "1"}},
                           .log_signal = true,
                           .together = true});
  layout.tables.push_back({.name = "cuts",
                           .title = "one run against two",
                           .axis = {"cut", "step l of the cut", "1"},
                           .columns = {{"forward", "densities, L1 norm", "1"},
                                       {"backward", "expectations, maximum", "1"},
                                       {"pairing", "pairing of both", "1"},
                                       {"jumps", "densities by jumps, L1 norm", "1"}},
                           .together = true});
  return layout;
}

Field ChainSemigroup::terminal(const Experiment& experiment) const {
  const Constants none;
  const FormulaSampler sampler{experiment.parameters(), experiment.problem().grid(), none};
  Field g = sampler.at_centres("semigroup.terminal", terminal_, Sign::any);
  if (largest(g) == 0 && least(g) == 0) {
    throw experiment.parameters().blame("semigroup.terminal", "is 0 everywhere");
  }
  return g;
}

void ChainSemigroup::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Parameters& parameters = experiment.parameters();
  require_chain_process(experiment);
  const NoiseSchedule schedule = chain_.build(parameters);
  if (schedule.steps() < 2) throw parameters.blame("chain.steps", "must be >= 2 to cut a run");
  require_room(experiment, schedule);
  const DensityChain chain{problem, schedule};
  require_every_step(parameters, chain);
  const auto outputs = chain_.outputs(parameters, schedule);
  if (outputs.size() < 3) {
    throw parameters.blame("chain.outputs", "must name a step to cut at, between 0 and the last");
  }
  const Field g = terminal(experiment);
  const Checks flow = flow_checks(experiment, chain);
  Recorder& record = experiment.open(layout(experiment), {});

  const ChainWalk walk = walk_both(chain, outputs, problem.initial(0), g);
  const StepErrors steps = step_errors(problem, chain, walk);
  const CutErrors cuts = cut_errors(problem, chain, walk);
  for (const auto& checks : {step_checks(problem, chain, walk, steps), cut_checks(cuts), flow}) {
    for (const auto& check : checks) experiment.add(check);
  }
  add_index_controls(experiment, chain);
  add_cut_controls(experiment, chain, walk);
  for (std::size_t n = 0; n < walk.size(); ++n) {
    const double i = walk.steps[n];
    if (n > 0) record.row("steps", {i, steps.law[n], steps.bound[n], steps.jump[n]});
    record.snapshot("density", i, {{walk.forward[n]}});
    record.snapshot("backward", i, {{walk.backward[n]}});
  }
  for (std::size_t n = 0; n < cuts.cuts.size(); ++n) {
    record.row("cuts", {static_cast<double>(cuts.cuts[n]), cuts.forward[n], cuts.backward[n],
                        cuts.pairing[n], cuts.jumps[n]});
  }
}

}  // namespace

std::unique_ptr<Study> chain_semigroup() {
  return std::make_unique<ChainSemigroup>();
}

}  // namespace feller
