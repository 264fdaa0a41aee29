/// The reverse processes of z(t) = y + sqrt(t) eps as densities on grids, in x = z/sqrt(1 + t):
/// Fokker-Planck equations from t = T down to t_0 with the drift of the stored forward solution,
///
///     dq/ds = -div([(1 + lambda) grad ln p + x] q) + lambda Lap q,       s = ln(1 + t)/2 downwards
///
/// for several lambda at once, on a ladder of grids (solvers/reverse_flow.hpp). From p_T the exact
/// p_t0 is reached with order 2; from N(0, T) relative entropy to p_t is conserved without noise,
/// with every other entropy and with the quantiles, and contracted by noise. Particles of the same
/// processes have these densities.
///
/// Controls: the noise lambda as printed in McAllester's (23), in the limit of fine grids and
/// steps; the drift of lambda = 1 without its noise.

#include <fmt/format.h>

#include <cmath>

#include "discretisation/restriction.hpp"
#include "problems/process_problem.hpp"
#include "solvers/marginals.hpp"
#include "studies/program/progress.hpp"
#include "studies/score/density_particles.hpp"
#include "studies/score/reverse_density_checks.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

constexpr int snapshots = 48;   ///< of the way back, about
constexpr int time_levels = 4;  ///< of the ladder in time alone

class ReverseDensity : public Study {
 public:
  void declare(Parameters& p) override { options_.declare(p); }
  void run(Experiment& experiment) const override;

 private:
  FileLayout layout(const Experiment& experiment, const DensityPlan& plan) const;
  DensityLadder climb(Experiment& experiment, Recorder& record, const DensityPlan& plan) const;
  void add_particles(Experiment& experiment, const DensityPlan& plan, const Clusters& clusters,
                     const DensityRung& finest) const;

  ReverseDensityOptions options_;
};

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

FileLayout ReverseDensity::layout(const Experiment& experiment, const DensityPlan& plan) const {
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
  const Labels cells{"cells", "cells along x; steps in proportion", "1"};
  auto errors = columns_of(plan, "", "", "1", keeps_laws);
  const std::size_t signals = errors.size();
  for (const auto& one : columns_of(plan, "order_", "observed order, ", "1", keeps_laws)) {
    errors.push_back(one);
  }
  layout.tables.push_back(
      ladder_table("ladder",
                   plan.exact_start ? "L1 error to the exact p_t0"
                                    : "distance of KL(q|p) at t_0 from its limit on fine grids",
                   cells, errors));
  layout.tables.back().signals = signals;
  layout.tables.push_back(ladder_table("entropies", "KL(q|p) at t_0", cells,
                                       columns_of(plan, "", "", "1", not_doubled)));
  layout.tables.push_back(
      ladder_table("steps", "from N(0, T): L1 difference from twice the steps on one grid",
                   {"steps", "steps from T to t_0", "1"}, columns_of(plan, "", "", "1", noisy)));
  return layout;
}

/// The masses of a finer grid on the problem's.
Field on_coarsest(const Field& masses, const Grid& grid) {
  return densities_of(restricted(masses, grid));
}

DensityLadder ReverseDensity::climb(Experiment& experiment, Recorder& record,
                                    const DensityPlan& plan) const {
  const Problem& coarsest = experiment.problem();
  DensityLadder ladder;
  double all = 0, done = 0;
  const auto effort = [&](int cells, int steps) {
    return std::pow(4, cells) + std::pow(2, cells) * steps / plan.steps;
  };
  for (int l = 0; l < plan.levels; ++l) all += effort(l, plan.steps << l);
  for (int k = 0; k < time_levels; ++k) all += effort(0, plan.steps << k);
  constexpr int parts = 100;
  Progress progress{parts, coarsest.grid().comm()};
  progress.heading(fmt::format("{:>9}", "done"));
  const auto rung = [&](const DensityPlan& of, int level, int steps, const Problem& problem,
                        const DensityWatch& more) {
    const bool finest = level == plan.levels - 1;
    const DensityWatch watch = [&](int n, double t, const Field& p, std::span<const Field> q) {
      if (finest) more(n, t, p, q);
      const double part = 1 - static_cast<double>(n) / steps;
      const int now = static_cast<int>(parts * (done + part * effort(level, steps)) / all);
      if (progress.due(now)) progress.show(now, fmt::format("{:>7} %", now));
    };
    auto result = run_rung(problem, of, steps, finest, watch);
    done += effort(level, steps);
    return result;
  };
  const DensityWatch record_path = [&](int n, double t, const Field&, std::span<const Field> q) {
    const int number = n >> (plan.levels - 1);
    if (number % std::max(1, plan.steps / snapshots) != 0) return;
    std::vector<std::vector<Field>> kept;
    for (std::size_t m = 0; m < q.size(); ++m) {
      if (keeps_laws(plan.motions[m])) kept.push_back({on_coarsest(q[m], coarsest.grid())});
    }
    record.snapshot("path", std::log(plan.from / t), {kept.begin(), kept.end()});
  };
  // From p_T the ratio q/p is nearly 1, which the scheme keeps whatever the steps.
  DensityPlan from_normal{plan};
  from_normal.exact_start = false;
  from_normal.sub_step = 0.25;  // what is left of their own error is a sixteenth
  for (int k = 0; k < time_levels; ++k) {
    ladder.in_time.push_back(rung(from_normal, 0, plan.steps << k, coarsest, record_path));
  }
  for (int l = 0; l < plan.levels; ++l) {
    const auto finer = experiment.refined_problem(std::pow(2, l));
    ladder.rungs.push_back(rung(plan, l, plan.steps << l, *finer, record_path));
    const DensityRung& last = ladder.rungs.back();
    experiment.say(fmt::format("{} cells along x, {} steps, {} sub-steps of transport", last.cells,
                               last.steps, last.sub_steps));
  }
  return ladder;
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
  for (std::size_t k = 0; k + 1 < ladder.in_time.size(); ++k) {
    std::vector<double> row{static_cast<double>(ladder.in_time[k].steps)};
    for (std::size_t m = 0; m < motions; ++m) {
      if (noisy(plan.motions[m])) row.push_back(ladder.time_differences(m)[k]);
    }
    record.row("steps", row);
  }
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

void ReverseDensity::add_particles(Experiment& experiment, const DensityPlan& plan,
                                   const Clusters& clusters, const DensityRung& finest) const {
  const Grid& grid = experiment.problem().grid();
  constexpr int parts = 100;
  Progress progress{parts, grid.comm()};
  progress.heading(fmt::format("{:>9}", "particles"));
  const auto particles = run_particles(grid, clusters, plan, [&](double part) {
    const int now = static_cast<int>(parts * part);
    if (progress.due(now)) progress.show(now, fmt::format("{:>7} %", now));
  });
  for (const auto& check : particle_checks(plan, particles, finest, grid)) experiment.add(check);
}

void ReverseDensity::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const DensityPlan plan = options_.plan(experiment);
  const auto clusters = clusters_of(*problem.process()->population());
  if (!clusters && plan.particles > 0) {
    throw experiment.parameters().blame("reverse_density.particles",
                                        "must be 0 for this population: particles need a mixture "
                                        "or points, whose score is sums");
  }
  const auto law = problem.process()->law(time_of_noise(*problem.process(), plan.to));
  const Field exact = cell_means(*law, problem.grid());
  Recorder& record = experiment.open(layout(experiment, plan), {});
  const DensityLadder ladder = climb(experiment, record, plan);
  record_ladder(record, plan, ladder);
  record_densities(record, exact, plan, ladder.finest());
  record_entropies(record, plan, ladder.finest());

  const auto add = [&](const Checks& checks) {
    for (const auto& check : checks) experiment.add(check);
  };
  add(invariant_checks(plan, ladder));
  add(plan.exact_start ? exact_start_checks(plan, ladder) : normal_start_checks(plan, ladder));
  add(time_checks(plan, ladder));
  if (!clusters) return;
  add(closed_form_checks(*clusters, plan, ladder));
  if (plan.particles > 0) add_particles(experiment, plan, *clusters, ladder.finest());
}

}  // namespace

std::unique_ptr<Study> reverse_density() {
  return std::make_unique<ReverseDensity>();
}

}  // namespace feller
