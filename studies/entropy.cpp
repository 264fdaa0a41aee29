/// Property 3 of the chain: what its entropies do, and do not do.
///
///     H(U_i), H(U_i|U_0), I(U_0; U_i), KL(p_i|N(0,I)), all phi-divergences, Fisher information
///
/// along U_i = sqrt(1 - beta_i) U_{i-1} + sqrt(beta_i) G_i from the population of a problem.
/// Theorems A to D (studies/chain/entropy_theorems.hpp) take the place of Peter 2023, Prop. 1,
/// which fails: see the controls (studies/chain/entropy_examples.hpp).

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/processes/mutual_information.hpp"
#include "studies/chain/chain_dissipation.hpp"
#include "studies/chain/entropy_examples.hpp"
#include "studies/chain/entropy_theorems.hpp"
#include "studies/chain/phase_diagram.hpp"
#include "studies/chain/printed_forms.hpp"
#include "studies/chain/turning_point.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class Entropy : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  FileLayout layout(const Experiment& experiment) const;
  std::vector<EntropyRow> walk(Experiment& experiment, Recorder& recorder,
                               const ChainEntropies& entropies, const DensityChain& chain,
                               const std::vector<int>& outputs) const;
  void add_information(Experiment& experiment, const std::vector<EntropyRow>& rows,
                       double square_width) const;
  static void add_dissipation(Experiment& experiment, const std::vector<EntropyRow>& rows);
  void add_turning_point(Experiment& experiment, const std::vector<EntropyRow>& rows,
                         double square_width) const;

  NoiseScheduleOptions chain_;
  int specimens_ = 0;
  std::int64_t seed_ = 1;
};

void Entropy::declare(Parameters& p) {
  chain_.declare(p);
  p.add("entropy.phase_diagram", specimens_,
        {.meaning = "random mixtures of normal laws, put on the plane of tr Cov/n and J/n by what "
                    "their entropy does; 0: none",
         .range = range::not_negative});
  p.add("entropy.seed", seed_, {.meaning = "of the random mixtures", .range = range::not_negative});
}

FileLayout Entropy::layout(const Experiment& experiment) const {
  FileLayout layout = experiment.layout("entropy");
  const Labels axis{"step", "step i of the chain", "1"};
  layout.groups.push_back(
      experiment.group("density", experiment.title(), {{"p", "density of U_i", "1"}}));
  layout.groups.back().time = axis;
  layout.tables.push_back({.name = "entropy",
                           .title = "entropy and information [nat]",
                           .axis = axis,
                           .columns = {{"entropy", "entropy H(U_i)", "1"},
                                       {"conditional", "conditional entropy H(U_i|U_0)", "1"},
                                       {"information", "mutual information I(U_0; U_i)", "1"},
                                       {"fisher", "Fisher information J/n", "1"},
                                       {"spread", "tr Cov(U_i)/n", "1"},
                                       {"exact_entropy", "H of the exact law", "1"},
                                       {"time", "time -ln(a_i)/2 of the process", "T"}},
                           .signals = 5});
  Table divergences{.name = "divergences",
                    .title = "divergences of p_i from N(0, I)",
                    .axis = axis,
                    .log_signal = true,
                    .together = true};
  for (const auto& entry : phi_entropies()) {
    divergences.columns.push_back({std::string{entry.name},
                                   std::string{entry.meaning.substr(0, entry.meaning.find(':'))},
                                   "1"});
  }
  divergences.columns.push_back(
      {"relative_fisher", "half the relative Fisher information, I/2", "1"});
  layout.tables.push_back(divergences);
  if (specimens_ > 0) layout.tables.push_back(PhaseDiagram::table());
  return layout;
}

std::vector<EntropyRow> Entropy::walk(Experiment& experiment, Recorder& recorder,
                                      const ChainEntropies& entropies, const DensityChain& chain,
                                      const std::vector<int>& outputs) const {
  const int n = chain.grid().dimension();
  std::vector<EntropyRow> rows;
  Field p = experiment.problem().initial(0);
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    if (k > 0) p = chain.jump(p, outputs[k - 1], outputs[k]);
    const double log_survival = chain.schedule().log_survival(outputs[k]);
    rows.push_back(entropies.look(p, outputs[k], log_survival));
    const EntropyRow& row = rows.back();
    const double step = outputs[k], nothing = std::nan("");
    recorder.row("entropy", {step, row.entropy, row.conditional, row.information(), row.fisher / n,
                             row.spread, row.exact_entropy.value_or(nothing), -log_survival / 2});
    std::vector<double> divergences{step};
    std::ranges::copy(row.divergences, std::back_inserter(divergences));
    divergences.push_back(row.relative_fisher / 2);
    recorder.row("divergences", divergences);
    recorder.snapshot("density", step, {{p}});
  }
  return rows;
}

void Entropy::add_information(Experiment& experiment, const std::vector<EntropyRow>& rows,
                              double square_width) const {
  std::vector<double> times, mistaken;
  for (const auto& row : rows) {
    if (row.step == 0) continue;
    times.push_back(std::expm1(-row.log_survival));
    mistaken.push_back(-std::expm1(row.log_survival));
  }
  const Process& process = *experiment.problem().process();
  const auto exact = information_by_mmse(process, times);
  if (!exact || !rows.back().exact_entropy) {
    experiment.say("mutual information by the mmse: left out, it is known in one dimension only");
    return;
  }
  const auto wrong = *information_by_mmse(process, mistaken);
  double quadrature = 0, grid = 0, apart = HUGE_VAL;
  for (std::size_t k = 0; k < times.size(); ++k) {
    const EntropyRow& row = rows[k + 1];
    raise(quadrature, std::abs(*row.exact_entropy - row.conditional - (*exact)[k]));
    raise(grid,
          std::abs(row.information() - (*exact)[k]) / (square_width * row.fisher / 24 + 1e-10));
    if (row.step == rows[1].step) apart = std::abs(wrong[k] - (*exact)[k]);
  }
  experiment.add({.name = "information_by_mmse",
                  .claim = "largest |H(U_i) - H(U_i|U_0) - I(y; z(t))|, entropies of the exact law "
                           "against int mmse/(2 s^2) ds from t = (1 - a_i)/a_i on",
                  .measured = quadrature,
                  .bound = 1e-10,
                  .statement = "V6"});
  experiment.add({.name = "information_on_grid",
                  .claim = "the same with the entropy of cell means, over its bias h^2 J / 24",
                  .measured = grid,
                  .bound = 1.5,
                  .statement = "V6"});
  experiment.add({.name = "control_information_time",
                  .claim = "error at the first output with t = 1 - a_i in place of (1 - a_i)/a_i",
                  .measured = apart,
                  .relation = Relation::greater,
                  .bound = 1e-9,
                  .is_control = true,
                  .statement = "V6"});
}

void Entropy::add_turning_point(Experiment& experiment, const std::vector<EntropyRow>& rows,
                                double square_width) const {
  const auto turn = turning_point(experiment.problem(), rows);
  if (!turn) return;
  experiment.add(
      {.name = "turning_point",
       .claim = fmt::format("J(p_t) = n of the exact law at t* = {:.9f}, with H = {:.9f}; "
                            "on the grid H is largest h^2/24 earlier: distance",
                            turn->law_time, turn->law_entropy),
       .measured = std::abs(turn->time - turn->law_time),
       .bound = 1.5 * square_width / 24 + 1e-6,
       .statement = "V3"});
  const auto top = std::ranges::max_element(rows, {}, &EntropyRow::entropy);
  const auto time = [](const EntropyRow& row) { return -row.log_survival / 2; };
  experiment.add({.name = "turning_step",
                  .claim = fmt::format("of the outputs H is largest at step {}, t = {:g}: distance "
                                       "from that t*, within the outputs around it",
                                       top->step, time(*top)),
                  .measured = std::abs(time(*top) - turn->law_time),
                  .bound = std::max(time(*top) - time(*(top - 1)), time(*(top + 1)) - time(*top)),
                  .statement = "V3"});
}

/// At an output in the middle of those where KL is well above round-off.
void Entropy::add_dissipation(Experiment& experiment, const std::vector<EntropyRow>& rows) {
  std::vector<double> times;
  for (const auto& row : rows) {
    if (row.step > 0 && row.divergences.front() > 1e-6) times.push_back(-row.log_survival / 2);
  }
  const auto checks =
      times.empty() ? Checks{} : dissipation_checks(experiment, times[times.size() / 2]);
  for (const auto& check : checks) experiment.add(check);
  if (checks.empty()) {
    experiment.say("dissipation: left out, KL is too small, or half of the cells too few");
  }
}

void Entropy::run(Experiment& experiment) const {
  require_chain_process(experiment);
  const Parameters& parameters = experiment.parameters();
  const Problem& problem = experiment.problem();
  const NoiseSchedule schedule = chain_.build(parameters);
  const auto outputs = chain_.outputs(parameters, schedule);
  require_room(experiment, schedule);
  const DensityChain chain{problem, schedule};
  chain.require_resolved(parameters, outputs);
  if (specimens_ > 0 && !PhaseDiagram::fits(problem.grid())) {
    throw parameters.blame("entropy.phase_diagram",
                           "needs a box of 12.6 or more to each side of 0, and cells of 0.17 or "
                           "less");
  }
  Recorder& recorder = experiment.open(layout(experiment), {});
  const ChainEntropies entropies{problem};
  const auto rows = walk(experiment, recorder, entropies, chain, outputs);
  const EntropyTheorems theorems{rows, entropies, problem.grid().dimension()};
  for (auto& check : theorems.all()) experiment.add(check);
  for (const auto& words : theorems.left_out()) experiment.say(words);
  add_turning_point(experiment, rows, entropies.square_width());
  add_information(experiment, rows, entropies.square_width());
  add_dissipation(experiment, rows);
  const EntropyExamples examples{problem, entropies};
  for (auto& check : examples.checks()) experiment.add(check);
  for (auto& check : printed_forms(problem, entropies)) experiment.add(check);
  for (const auto& words : examples.left_out()) experiment.say("left out: " + words);
  if (specimens_ == 0) return;
  const PhaseDiagram diagram{problem.grid(), specimens_, static_cast<std::uint64_t>(seed_)};
  for (auto& check : diagram.checks()) experiment.add(check);
  for (const auto& row : diagram.rows()) recorder.row("phase_diagram", row);
}

}  // namespace

std::unique_ptr<Study> entropy_study() {
  return std::make_unique<Entropy>();
}

}  // namespace feller
