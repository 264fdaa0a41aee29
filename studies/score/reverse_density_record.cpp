#include "studies/score/reverse_density_record.hpp"

#include <cmath>

#include "discretisation/restriction.hpp"
#include "solvers/marginals.hpp"

namespace feller {
namespace {

Table ladder_table(const std::string& name, const std::string& title, const Labels& axis,
                   std::vector<Labels> columns) {
  return {.name = name,
          .title = title,
          .axis = axis,
          .columns = std::move(columns),
          .log_axis = true,
          .log_signal = true,
          .together = true};
}

/// Columns of a number of every process that the filter lets through.
template <class Keep>
std::vector<Labels> columns_of(const DensityPlan& plan, const std::string& prefix,
                               const std::string& words, const std::string& unit, Keep&& keep) {
  std::vector<Labels> columns;
  for (const auto& one : plan.motions) {
    if (keep(one)) columns.push_back({prefix + one.name, words + one.words, unit});
  }
  return columns;
}

bool not_doubled(const NamedMotion& one) {
  return !is_doubled(one);
}

bool noisy(const NamedMotion& one) {
  return one.motion.noise > 0;
}

/// Those with a row for each rung.
std::vector<Table> ladder_tables(const DensityPlan& plan) {
  std::vector<Table> tables;
  const Labels cells{"cells", "cells along x; steps in proportion", "1"};
  auto errors = columns_of(plan, "", "", "1", keeps_laws);
  const std::size_t signals = errors.size();
  for (const auto& one : columns_of(plan, "order_", "observed order, ", "1", keeps_laws)) {
    errors.push_back(one);
  }
  tables.push_back(ladder_table("ladder",
                                plan.exact_start
                                    ? "L1 error to the exact p_t0"
                                    : "distance of KL(q|p) at t_0 from its limit on fine grids",
                                cells, errors));
  tables.back().signals = signals;
  tables.push_back(ladder_table("entropies", "KL(q|p) at t_0", cells,
                                columns_of(plan, "", "", "1", not_doubled)));
  tables.push_back(
      ladder_table("steps", "from N(0, T): L1 difference from twice the steps on one grid",
                   {"steps", "steps from T to t_0", "1"}, columns_of(plan, "", "", "1", noisy)));
  return tables;
}

/// The masses of a finer grid on the problem's.
Field on_coarsest(const Field& masses, const Grid& grid) {
  return densities_of(restricted(masses, grid));
}

void record_steps(Recorder& record, const DensityPlan& plan, const DensityLadder& ladder) {
  for (std::size_t k = 0; k + 1 < ladder.in_time.size(); ++k) {
    std::vector<double> row{static_cast<double>(ladder.in_time[k].steps)};
    for (std::size_t m = 0; m < plan.motions.size(); ++m) {
      if (noisy(plan.motions[m])) row.push_back(ladder.time_differences(m)[k]);
    }
    record.row("steps", row);
  }
}

}  // namespace

FileLayout density_layout(const Experiment& experiment, const DensityPlan& plan) {
  FileLayout layout = experiment.layout("density");
  const std::string unit = experiment.problem().quantity().unit;
  auto fields = columns_of(plan, "", "", unit, not_doubled);
  fields.insert(fields.begin(), {"exact", "exact law at t_0", unit});
  if (experiment.problem().grid().dimension() == 1) {
    layout.tables.push_back({.name = "density",
                             .title = "densities at t_0 against the exact law",
                             .axis = {"x", "z/sqrt(1 + t)", "L"},
                             .columns = fields,
                             .together = true});
  } else {
    layout.groups.push_back(experiment.group("density", experiment.title(), fields));
    layout.groups.back().time.reset();
  }
  FieldGroup path = experiment.group("path", "densities on the way back",
                                     columns_of(plan, "", "", unit, keeps_laws));
  path.time = Labels{"s", "ln(T/t)", "1"};
  layout.groups.push_back(path);
  layout.tables.push_back({.name = "kl",
                           .title = "KL(q_t|p_t) on the way back, finest grid",
                           .axis = {"s", "ln(T/t)", "1"},
                           .columns = columns_of(plan, "", "", "1", not_doubled),
                           .log_signal = true,
                           .together = true});
  for (auto& table : ladder_tables(plan)) layout.tables.push_back(std::move(table));
  return layout;
}

void record_path(Recorder& record, const DensityPlan& plan, double t, std::span<const Field> q) {
  std::vector<std::vector<Field>> kept;
  for (std::size_t m = 0; m < q.size(); ++m) {
    if (keeps_laws(plan.motions[m])) kept.push_back({on_coarsest(q[m], record.grid())});
  }
  record.snapshot("path", std::log(plan.from / t), {kept.begin(), kept.end()});
}

/// Rows of the ladder's tables.
void record_ladder(Recorder& record, const DensityPlan& plan, const DensityLadder& ladder) {
  const std::size_t motions = plan.motions.size();
  std::vector<std::vector<double>> errors(motions);
  for (std::size_t m = 0; m < motions; ++m) {
    errors[m] = ladder.values(m, [](const DensityEnd& end) { return end.l1; });
    if (plan.exact_start) continue;
    const double limit = ladder.limit(m).value;
    errors[m] = ladder.entropies(m);
    for (double& value : errors[m]) value = std::abs(value - limit);
  }
  for (std::size_t l = 0; l < ladder.rungs.size(); ++l) {
    const DensityRung& rung = ladder.rungs[l];
    std::vector<double> row{rung.cells}, orders, entropies{rung.cells};
    for (std::size_t m = 0; m < motions; ++m) {
      if (!is_doubled(plan.motions[m])) entropies.push_back(rung.ends[m].entropy.back());
      if (!keeps_laws(plan.motions[m])) continue;
      row.push_back(errors[m][l]);
      orders.push_back(l == 0 ? std::nan("") : std::log2(errors[m][l - 1] / errors[m][l]));
    }
    row.insert(row.end(), orders.begin(), orders.end());
    record.row("ladder", row);
    record.row("entropies", entropies);
  }
  record_steps(record, plan, ladder);
}

void record_densities(Recorder& record, const Field& exact, const DensityPlan& plan,
                      const DensityRung& finest) {
  const Grid& grid = exact.grid();
  std::vector<std::vector<Field>> fields{{exact}};
  for (std::size_t m = 0; m < plan.motions.size(); ++m) {
    if (is_doubled(plan.motions[m])) continue;
    fields.push_back({on_coarsest(masses_of(finest.ends[m].density), grid)});
  }
  if (grid.dimension() > 1) {
    record.constant("density", {fields.begin(), fields.end()});
    return;
  }
  std::vector<std::vector<double>> columns;
  for (const auto& one : fields) columns.push_back(marginal_masses(one.front(), 0));
  for (int i = 0; i < grid.axis(0).cells; ++i) {
    std::vector<double> row{grid.axis(0).centre(i)};
    for (const auto& column : columns) {
      row.push_back(column[static_cast<std::size_t>(i)] / grid.axis(0).width(i));
    }
    record.row("density", row);
  }
}

void record_entropies(Recorder& record, const DensityPlan& plan, const DensityRung& finest) {
  for (int n = 0; n <= plan.steps; ++n) {
    const double t = plan.noise_at(plan.steps - n, plan.steps);
    std::vector<double> row{std::log(plan.from / t)};
    for (std::size_t m = 0; m < plan.motions.size(); ++m) {
      if (is_doubled(plan.motions[m])) continue;
      row.push_back(finest.ends[m].entropy[static_cast<std::size_t>(n)]);
    }
    record.row("kl", row);
  }
}

}  // namespace feller
