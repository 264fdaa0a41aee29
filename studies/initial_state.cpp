/// The initial state of the chain (Peter 2023, Property 1): p(u_0) is the distribution of the data.
///
///     mass of the cells = mass of the data;   a_0 = 1, so that p(u_0 | u_0) is a Dirac mass;
///     draws of U_0 through the distribution function of the cells fit the data
///
/// Control: (5) as printed begins its product with j = 0, so that even for i = 0 there is noise,
/// N(sqrt(1 - beta_0) u_0, beta_0 I): neither the density nor its draws are those of the data.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/noise_schedule.hpp"
#include "solvers/cell_draws.hpp"
#include "solvers/functionals.hpp"
#include "solvers/marginals.hpp"
#include "studies/chain/chain_walk.hpp"
#include "studies/chain/initial_data.hpp"
#include "studies/chain/sample_checks.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

constexpr double almost_normal = 0.01;
const std::string property = "V1";  ///< with Property 1

/// F at the faces of an axis.
std::vector<double> distribution(const Field& density, int axis) {
  std::vector<double> sums{0};
  long double sum = 0;
  for (const double mass : marginal_masses(density, axis)) {
    sums.push_back(static_cast<double>(sum += mass));
  }
  return sums;
}

bool has_kernel(const Grid& grid, double log_survival) {
  for (const auto& axis : grid.axes()) {
    if (axis.is_periodic()) return false;
  }
  return ChainKernel::resolves(grid, log_survival);
}

class InitialState : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  void validate(const Experiment& experiment) const;
  FileLayout layout(const Experiment& experiment, bool blurred) const;
  void add_data_checks(Experiment& experiment, const InitialData& data) const;
  void add_controls(Experiment& experiment, const InitialData& data, const Field& blurred,
                    double beta) const;
  static void record(Recorder& recorder, const InitialData& data, const std::vector<Field>& fields);

  NoiseScheduleOptions chain_;
  std::int64_t draws_ = 1'000'000;
  std::int64_t seed_ = 1;
};

void InitialState::declare(Parameters& p) {
  chain_.declare(p);
  p.add("sample.draws", draws_, {.meaning = "draws of U_0", .range = {.low = 100, .high = 1e9}});
  p.add("sample.seed", seed_, {.meaning = "seed of the draws", .range = range::not_negative});
}

void InitialState::validate(const Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Parameters& parameters = experiment.parameters();
  if (problem.quantity().is_image) {
    throw parameters.blame("problem.kind", "is of images; initial_state needs a density");
  }
  if (!problem.grid().is_uniform()) {
    throw parameters.blame("grid.spacing", "must be uniform for the chain");
  }
  const double found = mass(problem.initial(0));
  if (!(std::abs(found - 1) <= 1e-9)) {
    throw parameters.blame("grid.boundary",
                           fmt::format("lets the initial density have mass {:.6g}; the chain needs "
                                       "1, so a border that is not dirichlet",
                                       found));
  }
}

FileLayout InitialState::layout(const Experiment& experiment, bool blurred) const {
  const Grid& grid = experiment.problem().grid();
  const Quantity& quantity = experiment.problem().quantity();
  FileLayout layout = experiment.layout("density");
  std::vector<Labels> fields{{"p", "density of U_0", quantity.unit},
                             {"sample", "density of its draws", quantity.unit}};
  if (blurred) fields.push_back({"printed", "density by (5) as printed", quantity.unit});
  FieldGroup group = experiment.group("density", experiment.title(), fields);
  group.time.reset();
  layout.groups.push_back(group);
  for (int a = 0; a < grid.dimension(); ++a) {
    const std::string axis{Grid::axis_names[static_cast<std::size_t>(a)]};
    Table table{
        .name = "distribution_" + axis,
        .title = "distribution function along " + axis,
        .axis = {"face", axis, quantity.length},
        .columns = {{"data", "data", "1"}, {"cells", "cells", "1"}, {"draws", "draws", "1"}},
        .together = true};
    if (blurred) table.columns.push_back({"printed", "(5) as printed", "1"});
    layout.tables.push_back(table);
  }
  return layout;
}

void InitialState::add_data_checks(Experiment& experiment, const InitialData& data) const {
  const Field p = experiment.problem().initial(0);
  if (const auto difference = data.difference(p)) {
    experiment.add({.name = "data",
                    .claim = "sum |mass of U_0 - mass of the data| over " + data.words(),
                    .measured = *difference,
                    .bound = data.tolerance(),
                    .statement = property});
  } else {
    experiment.say("data: compared by their distribution functions along each axis alone");
  }
  double worst = 0;
  for (int a = 0; a < p.grid().dimension(); ++a) {
    const auto found = distribution(p, a);
    for (std::size_t f = 0; f < found.size(); ++f) {
      raise(worst, std::abs(found[f] - data.below(a, static_cast<int>(f))));
    }
  }
  experiment.add({.name = "distribution",
                  .claim = "largest |F of U_0 - F of the data| at the faces of all axes",
                  .measured = worst,
                  .bound = data.tolerance(),
                  .statement = property});
  experiment.add({.name = "mass",
                  .claim = "|mass of U_0 - 1|",
                  .measured = std::abs(mass(p) - 1),
                  .bound = 1e-13,
                  .statement = property});
  experiment.add({.name = "positivity",
                  .claim = "smallest value of the density of U_0",
                  .measured = least(p),
                  .relation = Relation::at_least,
                  .bound = 0,
                  .statement = property});
}

void InitialState::add_controls(Experiment& experiment, const InitialData& data,
                                const Field& blurred, double beta) const {
  const Field p = experiment.problem().initial(0);
  if (distance_from_normal(p) < almost_normal) {
    experiment.say("controls: left out, the data are almost N(0, I), which noise keeps");
    return;
  }
  experiment.add({.name = "control_density",
                  .claim = fmt::format("(5) as printed, its product from j = 0, leaves noise of "
                                       "variance beta_0 = {:g} in U_0: |p - data|_1",
                                       beta),
                  .measured = l1_distance(blurred, p),
                  .relation = Relation::greater,
                  .bound = 10 * data.tolerance(),
                  .is_control = true,
                  .statement = property,
                  .misprint = "Peter 2023, (5)"});
  if (const auto check = sample_control(p, blurred, draws_, seed_)) {
    experiment.add(*check);
  } else {
    experiment.say("control_sample: left out, so few sample.draws would not show the blur");
  }
}

void InitialState::record(Recorder& recorder, const InitialData& data,
                          const std::vector<Field>& fields) {
  const Grid& grid = fields.front().grid();
  std::vector<Channels> shown;
  for (const auto& field : fields) shown.push_back({field});
  recorder.constant("density", shown);
  for (int a = 0; a < grid.dimension(); ++a) {
    std::vector<std::vector<double>> columns;
    for (const auto& field : fields) columns.push_back(distribution(field, a));
    std::vector<double> rows;
    for (int f = 0; f <= grid.axis(a).cells; ++f) {
      rows.insert(rows.end(), {grid.axis(a).face(f), data.below(a, f)});
      for (const auto& column : columns) rows.push_back(column[static_cast<std::size_t>(f)]);
    }
    recorder.rows(fmt::format("distribution_{}", Grid::axis_names[static_cast<std::size_t>(a)]),
                  rows);
  }
}

void InitialState::run(Experiment& experiment) const {
  validate(experiment);
  const NoiseSchedule schedule = chain_.build(experiment.parameters());
  const Field p = experiment.problem().initial(0);
  const Grid& grid = p.grid();
  const auto data = initial_data(experiment);
  // (5) names no beta_0; the first that there is.
  const double beta = schedule.beta(1);
  std::optional<Field> blurred;
  if (has_kernel(grid, std::log1p(-beta))) {
    blurred = ChainKernel{grid, std::log1p(-beta)}.forward(p);
  }
  Recorder& recorder = experiment.open(layout(experiment, blurred.has_value()), {});

  add_data_checks(experiment, *data);
  Field counts = draw_from(p, draws_, static_cast<std::uint64_t>(seed_));
  for (const auto& check : sample_checks(p, counts, draws_)) experiment.add(check);
  if (blurred) {
    add_controls(experiment, *data, *blurred, beta);
  } else {
    experiment.say(
        fmt::format("controls: left out, there is no kernel for beta_0 = {:g}: it blurs "
                    "by less than {} cells, or the box is periodic",
                    beta, ChainKernel::narrowest));
  }
  check(VecScale(counts.vector(), 1 / static_cast<double>(draws_)));
  std::vector<Field> fields{p, densities_of(counts)};
  if (blurred) fields.push_back(*blurred);
  record(recorder, *data, fields);
}

}  // namespace

std::unique_ptr<Study> initial_state() {
  return std::make_unique<InitialState>();
}

}  // namespace feller
