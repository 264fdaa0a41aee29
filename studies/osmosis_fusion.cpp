#include "studies/osmosis_fusion.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "problems/osmosis/fusion_model.hpp"
#include "solvers/functionals.hpp"
#include "solvers/fusion.hpp"

namespace feller {
namespace {

constexpr double settled = 1e-6;  ///< relative fall of the energy at which it ends
constexpr double rounding = 1e-14;

Table energy_table() {
  return {.name = "energy",
          .title = "energy of the fusion, all channels",
          .axis = {"iteration", "number of the iteration", "1"},
          .columns = {{"energy", "energy", "grey level^2"},
                      {"steepness_u", "largest derivative by u", "grey level"},
                      {"minimum", "smallest value of u", "grey level"},
                      {"maximum", "largest value of u", "grey level"}}};
}

struct Row {
  double energy = 0, steepness = 0, low = HUGE_VAL, high = 0;
};

Row row_of(const std::vector<std::unique_ptr<FusionSolver>>& solvers) {
  Row row;
  for (const auto& solver : solvers) {
    row.energy += solver->energy();
    double size = 0;
    check(VecNorm(solver->functional().gradient_in_u(solver->u(), solver->v()).vector(),
                  NORM_INFINITY, &size));
    raise(row.steepness, size);
    lower(row.low, least(solver->u()));
    raise(row.high, largest(solver->u()));
  }
  return row;
}

}  // namespace

void run_fusion(Experiment& experiment, const OsmosisOutput& output, const SolverOptions& options,
                int most_iterations) {
  const OsmosisProblem& problem = *experiment.problem().osmosis();
  const FusionModel& model = *problem.fusion();
  FileLayout layout = experiment.layout("result");
  layout.groups.push_back(
      experiment.group("guidance", "guidance", {{"v", "guidance found", problem.quantity().unit}}));
  layout.groups.back().time.reset();
  layout.tables.push_back(energy_table());
  output.add_to(layout);
  Recorder& record = experiment.open(layout, output.pictures());

  const FusionWeights weights{.tv = model.tv_weight,
                              .huber = model.huber,
                              .guidance = model.guidance_weight,
                              .foreground = model.foreground_weight};
  std::vector<std::unique_ptr<FusionSolver>> solvers;
  for (std::size_t c = 0; c < model.foreground.size(); ++c) {
    solvers.push_back(std::make_unique<FusionSolver>(model.foreground[c], model.mixture[c],
                                                     model.alpha, weights, options));
  }
  Row before = row_of(solvers);
  const auto add_row = [&](int n, const Row& row) {
    record.row("energy", {static_cast<double>(n), row.energy, row.steepness, row.low, row.high});
    if (n % 10 == 0) experiment.say(fmt::format("iteration {:>4}: energy {:.8g}", n, row.energy));
  };
  add_row(0, before);
  double rise = -std::numeric_limits<double>::infinity();
  int n = 0;
  while (n < most_iterations) {
    ++n;
    for (const auto& solver : solvers) solver->iterate();
    const Row row = row_of(solvers);
    add_row(n, row);
    raise(rise, (row.energy - before.energy) / before.energy);
    const bool ends = before.energy - row.energy < settled * before.energy;
    before = row;
    if (ends) break;
  }
  std::vector<Field> u, v;
  for (const auto& solver : solvers) {
    u.push_back(solver->u());
    v.push_back(solver->v());
  }
  record.constant("guidance", {v});
  output.write(record, u);
  experiment.say(fmt::format("energy {:.8g} after {} iterations", before.energy, n));
  experiment.add({.name = "energy",
                  .claim = "largest relative change of the energy by one iteration: it falls",
                  .measured = rise,
                  .relation = Relation::less,
                  .bound = rounding});
  experiment.add({.name = "positivity",
                  .claim = "smallest value of the image",
                  .measured = before.low,
                  .relation = Relation::greater,
                  .bound = 0});
}

}  // namespace feller
