/// The steady state of the chain (Peter 2023, Property 5 and Prop. 4, with its hypothesis put
/// right): U_i -> N(0, I) if and only if sum beta_i = infinity, n axes,
///
///     KL(p_i | N(0, I)) <= 1/2 { a_i E|U_0|^2 - n a_i - n ln(1 - a_i) } -> 0,
///
/// N(0, I) stays, and KL ends as a power of a_i (decay_law.hpp).
///
/// Controls: beta_i = 2^-i (halving_chain.hpp); and (10), beta (1 - beta) >= (2 pi e)^-n, which
/// Prop. 4 asks for, is not needed.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "problems/processes/process.hpp"
#include "solvers/functionals.hpp"
#include "studies/chain/chain_decay.hpp"
#include "studies/chain/chain_walk.hpp"
#include "studies/chain/decay_law.hpp"
#include "studies/chain/halving_chain.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

constexpr int fewest_points = 5;
const std::string v8 = "V8";

/// What was predicted before anything runs.
struct Expected {
  std::optional<PowerLaw> to_normal, to_running;
  double floor = 0;  ///< of entropies that mean something
};

bool satisfies_10(double beta, int n) {
  return beta * (1 - beta) >= std::pow(2 * std::numbers::pi * std::numbers::e, -n);
}

class ChainSteadyState : public Study {
 public:
  void declare(Parameters& parameters) override { chain_.declare(parameters); }
  void run(Experiment& experiment) const override;

 private:
  Expected expected(const Experiment& experiment, const NoiseSchedule& schedule) const;
  FileLayout layout(const Experiment& experiment) const;
  void add_checks(Experiment& experiment, const DensityChain& chain, const Decay& decay,
                  double floor) const;
  void add_decay(Experiment& experiment, const Expected& expected, const Decay& decay,
                 Recorder& record) const;
  void add_condition_10(Experiment& experiment, const NoiseSchedule& schedule, const Decay& decay,
                        double floor) const;

  NoiseScheduleOptions chain_;
};

Expected ChainSteadyState::expected(const Experiment& experiment,
                                    const NoiseSchedule& schedule) const {
  const Problem& problem = experiment.problem();
  const Grid& grid = problem.grid();
  const Region box = region_of(grid);
  const Field p = problem.initial(0);
  // Relative round-off of 4e-15 in a density is 1 % of an entropy of 1e-24; next to its borders the
  // box changes densities by parts of themselves.
  Expected expected{.floor =
                        std::max(1e-24, 100 * problem.process()->stationary()->mass_outside(box))};
  expected.to_normal = decay_to_standard_normal(*law_at(problem, 0), p);
  if (grid.dimension() == 1) expected.to_running = decay_to_running_normal(p);
  std::vector<double> a;
  for (int i = 1; i <= schedule.steps(); ++i) a.push_back(schedule.survival(i));
  for (const auto& law : {expected.to_normal, expected.to_running}) {
    if (!law || law->points(a, expected.floor) >= fewest_points) continue;
    throw experiment.parameters().blame(
        "chain.steps",
        fmt::format("has {} steps with {:.2g} <= abar <= {:.2g}, where the decay of power {} is "
                    "looked for, must have {}: take more, or a wider box if these are empty bounds",
                    law->points(a, expected.floor), law->lowest(expected.floor), law->highest(),
                    law->power, fewest_points));
  }
  return expected;
}

FileLayout ChainSteadyState::layout(const Experiment& experiment) const {
  const Quantity& quantity = experiment.problem().quantity();
  FileLayout layout = experiment.layout("decay");
  Table decay{.name = "decay",
              .title = experiment.title(),
              .axis = {"survival", "survival factor a_i", "1"},
              .columns = {{"to_normal", "KL to N(0, I)", "1"}, {"bound", "its bound", "1"}},
              .log_axis = true,
              .log_signal = true,
              .together = true};
  if (experiment.problem().grid().dimension() == 1) {
    decay.columns.push_back({"to_running", "KL to the normal law with its moments", "1"});
  }
  decay.signals = decay.columns.size();
  decay.columns.push_back({"step", "step i of the chain", "1"});
  decay.columns.push_back({"fit_to_normal", "fitted power of the KL to N(0, I)", "1"});
  decay.columns.push_back({"fit_to_running", "fitted power of the other KL", "1"});
  layout.tables = {decay,
                   {.name = "halving",
                    .title = "beta_i = 2^-i from N(0, 4): KL to N(0, 1)",
                    .axis = {"halving_step", "step i", "1"},
                    .columns = {{"found", "on cells", "1"}, {"exact", "(v - 1 - ln v)/2", "1"}},
                    .together = true}};
  FieldGroup density = experiment.group("density", "density of U_i",
                                        {{quantity.symbol, quantity.name, quantity.unit}});
  density.time = Labels{"step", "step i of the chain", "1"};
  layout.groups.push_back(density);
  return layout;
}

void ChainSteadyState::add_checks(Experiment& experiment, const DensityChain& chain,
                                  const Decay& decay, double floor) const {
  double ratio = 0;
  for (std::size_t k = 0; k < decay.a.size(); ++k) {
    if (decay.bound[k] > floor) raise(ratio, decay.to_normal[k] / decay.bound[k]);
  }
  experiment.add(
      {.name = "bound",
       .claim = fmt::format("largest KL(p_i | N(0, I)) over (a E|U_0|^2 - n a - n ln(1 - "
                            "a))/2 of {} steps",
                            decay.a.size()),
       .measured = ratio,
       .bound = 1,
       .statement = v8});
  const Field normal =
      transformed(log_standard_normal(chain.grid()), [](double value) { return std::exp(value); });
  double moved = 0;
  for (int i = 1; i <= chain.schedule().steps(); ++i) {
    if (i > 1 && chain.schedule().beta(i) == chain.schedule().beta(i - 1)) continue;
    raise(moved, l1_distance(chain.jump(normal, i - 1, i), normal));
  }
  raise(moved, l1_distance(chain.jump(normal, 0, chain.schedule().steps()), normal));
  experiment.add({.name = "stationary",
                  .claim = "largest |P w - w|_1, w the cell means of N(0, I), of all steps and the "
                           "jump over them",
                  .measured = moved,
                  .bound = 1e-13,
                  .statement = v8});
}

void ChainSteadyState::add_decay(Experiment& experiment, const Expected& expected,
                                 const Decay& decay, Recorder& record) const {
  double h = 0;
  for (const auto& axis : experiment.problem().grid().axes()) h = std::max(h, axis.width(0));
  const auto add = [&](const std::string& name, const std::string& entropy,
                       const std::optional<PowerLaw>& law, const std::vector<double>& values) {
    if (!law) {
      experiment.say(name + ": left out, the moments that would decay are those of the limit");
      return std::nan("");
    }
    const PowerFit found = fit(*law, decay.a, values, expected.floor);
    for (const auto& check : decay_checks(name, entropy, *law, found, expected.floor, h)) {
      experiment.add(check);
    }
    return found.slope;
  };
  const bool line = !decay.to_running.empty();
  const double slope = add("decay", "KL(p_i | N(0, I))", expected.to_normal, decay.to_normal);
  const double slope_of_shape = line ? add("decay_of_shape", "KL(p_i | normal with its moments)",
                                           expected.to_running, decay.to_running)
                                     : std::nan("");
  // Against a, which must ascend.
  for (std::size_t k = decay.a.size(); k-- > 0;) {
    std::vector<double> row{decay.a[k], decay.to_normal[k], decay.bound[k]};
    if (line) row.push_back(decay.to_running[k]);
    row.insert(row.end(), {static_cast<double>(k + 1), slope, slope_of_shape});
    record.row("decay", row);
  }
}

void ChainSteadyState::add_condition_10(Experiment& experiment, const NoiseSchedule& schedule,
                                        const Decay& decay, double floor) const {
  const int n = experiment.problem().grid().dimension();
  for (int i = 1; i <= schedule.steps(); ++i) {
    if (!satisfies_10(schedule.beta(i), n)) continue;
    experiment.say(fmt::format("without_condition_10: left out, beta_{} = {:g} satisfies (10)", i,
                               schedule.beta(i)));
    return;
  }
  std::size_t last = 0;
  while (last + 1 < decay.a.size() && decay.to_normal[last + 1] > floor) ++last;
  // Sharp for translates of N(0, I); a hundredth for the digits of small entropies.
  experiment.add({.name = "without_condition_10",
                  .claim = fmt::format("(10), beta (1 - beta) >= (2 pi e)^-{}, holds for no step, "
                                       "yet KL falls: KL_i / KL_1, i = {}; bound 1.01 a_i / a_1",
                                       n, last + 1),
                  .measured = decay.to_normal[last] / decay.to_normal.front(),
                  .bound = 1.01 * decay.a[last] / decay.a.front(),
                  .statement = v8,
                  .misprint = "Peter 2023, Prop. 4"});
}

void ChainSteadyState::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Parameters& parameters = experiment.parameters();
  require_chain_process(experiment);
  const NoiseSchedule schedule = chain_.build(parameters);
  require_room(experiment, schedule);
  const DensityChain chain{problem, schedule};
  require_every_step(parameters, chain);
  const auto outputs = chain_.outputs(parameters, schedule);
  const Expected predicted = expected(experiment, schedule);
  Recorder& record = experiment.open(layout(experiment), {});

  const Decay decay = walk_down(problem, chain, outputs, record);
  add_checks(experiment, chain, decay, predicted.floor);
  add_decay(experiment, predicted, decay, record);
  const HalvingChain halving = halving_chain();
  for (const auto& check : halving.checks) experiment.add(check);
  if (predicted.to_normal) add_condition_10(experiment, schedule, decay, predicted.floor);
  for (std::size_t i = 0; i < halving.exact.size(); ++i) {
    record.row("halving", {static_cast<double>(i), halving.entropies[i], halving.exact[i]});
  }
}

}  // namespace

std::unique_ptr<Study> chain_steady_state() {
  return std::make_unique<ChainSteadyState>();
}

}  // namespace feller
