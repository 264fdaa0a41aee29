/// The reverse processes of z(t) = y + sqrt(t) eps as densities on grids, in x = z/sqrt(1 + t):
/// Fokker-Planck equations from t = T down to t_0 with the drift of the stored forward solution,
///
///     dq/ds = -div([(1 + lambda) grad ln p + x] q) + lambda Lap q,       s = ln(1 + t)/2 downwards
///
/// for several lambda at once, on a ladder of grids (solvers/reverse_flow.hpp). From the grid's own
/// p_T the ratio q/p = 1 is kept by construction, so that from p_T the error to the exact p_t0, of
/// order 2, is that of the stored forward solution; transport and noise are put to the test from
/// N(0, T): relative entropy to p_t is conserved without noise, with every other entropy and with
/// the quantiles, and contracted by noise, as Bayes' reversal and Crank-Nicolson on a line have it.
/// Particles of the same processes have these densities.
///
/// Controls: the noise lambda as printed in McAllester's (23), in the limit of fine grids and
/// steps; the drift of lambda = 1 without its noise.

#include <fmt/format.h>

#include <cmath>

#include "problems/process_problem.hpp"
#include "studies/program/progress.hpp"
#include "studies/score/density_particles.hpp"
#include "studies/score/reverse_density_record.hpp"
#include "studies/score/reverse_density_route.hpp"
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
  void add_particles(Experiment& experiment, const DensityPlan& plan, const Clusters& clusters,
                     const DensityRung& finest) const;

  ReverseDensityOptions options_;
};

/// Runs rungs and shows how far all of them are.
class Climber {
 public:
  Climber(const DensityPlan& plan, Recorder& record)
      : plan_{plan}, record_{record}, progress_{parts, record.grid().comm()} {
    for (int l = 0; l < plan.levels; ++l) all_ += effort(l, plan.steps << l);
    for (int k = 0; k < time_levels; ++k) all_ += effort(0, plan.steps << k);
    progress_.heading(fmt::format("{:>9}", "done"));
  }

  /// On 2^level times the cells. The finest one records its way.
  DensityRung climb(const Problem& problem, const DensityPlan& plan, int level, int steps) {
    const bool finest = level == plan_.levels - 1;
    const double own = effort(level, steps);
    const int stride = std::max(1, plan.steps / snapshots) << level;
    auto rung = run_rung(problem, plan, steps, finest,
                         [&](int n, double t, const Field&, std::span<const Field> q) {
                           if (finest && n % stride == 0) record_path(record_, plan, t, q);
                           show(done_ + own * (1 - static_cast<double>(n) / steps));
                         });
    done_ += own;
    return rung;
  }

 private:
  static constexpr int parts = 100;

  double effort(int level, int steps) const {
    return std::pow(4, level) + std::pow(2, level) * steps / plan_.steps;
  }
  void show(double done) {
    const int now = static_cast<int>(parts * done / all_);
    if (progress_.due(now)) progress_.show(now, fmt::format("{:>7} %", now));
  }

  const DensityPlan& plan_;
  Recorder& record_;
  Progress progress_;
  double all_ = 0, done_ = 0;
};

DensityLadder ladder_of(Experiment& experiment, Recorder& record, const DensityPlan& plan) {
  Climber climber{plan, record};
  DensityLadder ladder;
  // From p_T the ratio q/p is nearly 1, which the scheme keeps whatever the steps.
  DensityPlan from_normal{plan};
  from_normal.exact_start = false;
  from_normal.sub_step = 0.25;  // what is left of their own error is a sixteenth
  for (int k = 0; k < time_levels; ++k) {
    ladder.in_time.push_back(climber.climb(experiment.problem(), from_normal, 0, plan.steps << k));
  }
  for (int l = 0; l < plan.levels; ++l) {
    const auto finer = experiment.refined_problem(std::pow(2, l));
    ladder.rungs.push_back(climber.climb(*finer, plan, l, plan.steps << l));
    const DensityRung& last = ladder.rungs.back();
    experiment.say(fmt::format("{} cells along x, {} steps, {} sub-steps of transport", last.cells,
                               last.steps, last.sub_steps));
  }
  return ladder;
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
  Recorder& record = experiment.open(density_layout(experiment, plan), {});
  const DensityLadder ladder = ladder_of(experiment, record, plan);
  record_ladder(record, plan, ladder);
  record_densities(record, exact, plan, ladder.finest());
  record_entropies(record, plan, ladder.finest());

  const auto add = [&](const Checks& checks) {
    for (const auto& check : checks) experiment.add(check);
  };
  add(invariant_checks(plan, ladder));
  add(plan.exact_start ? exact_start_checks(plan, ladder) : normal_start_checks(plan, ladder));
  add(time_checks(plan, ladder));
  if (!plan.exact_start && problem.grid().dimension() == 1) {
    add(route_checks(*problem.process(), plan, problem.grid().axis(0), ladder));
  }
  if (!clusters) return;
  add(closed_form_checks(*clusters, plan, ladder));
  if (plan.particles > 0) add_particles(experiment, plan, *clusters, ladder.finest());
}

}  // namespace

std::unique_ptr<Study> reverse_density() {
  return std::make_unique<ReverseDensity>();
}

}  // namespace feller
