/// The reverse processes of z(t) = y + sqrt(t) eps by particles (solvers/reverse_particles.hpp):
///
///     z(t - dt) = z(t) + (1 + lambda)/2 s_t(z) dt + sqrt(lambda) dW,   from T down to t_0
///
/// on a ladder of time grids, for several lambda at once: second moments converge to those of p_t0
/// with the order of the scheme, the particles have the exact law cell by cell, and without noise
/// they keep their quantiles. From N(0, T) the exact laws at t_0 are known on the line for
/// lambda = 0 and 1; for every lambda the relative entropy to p_t does not grow. For a normal
/// population everything is compared with closed forms.
///
/// Controls: the noise lambda as printed in McAllester's (23), judged in the limit dt -> 0, as a
/// coarse grid can hide it; the drift of lambda = 1 without its noise.

#include <fmt/format.h>

#include <cmath>

#include "problems/process_problem.hpp"
#include "studies/program/progress.hpp"
#include "studies/score/reverse_horizon.hpp"
#include "studies/score/reverse_normal_checks.hpp"
#include "studies/score/reverse_options.hpp"
#include "studies/score/reverse_quantiles.hpp"
#include "studies/score/reverse_record.hpp"
#include "studies/score/reverse_start.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class Reverse : public Study {
 public:
  void declare(Parameters& p) override { options_.declare(p); }
  void run(Experiment& experiment) const override;

 private:
  void require_stability(const Parameters& parameters, const ReverseLaw& law,
                         const LadderPlan& plan, const std::vector<NamedMotion>& motions) const;
  void add_quantiles(Experiment& experiment, Recorder& record, const Process& process,
                     ReverseParticles& particles, const ReverseLaw& law,
                     const LadderPlan& plan) const;

  ReverseOptions options_;
};

/// Near one cluster a step of either scheme multiplies by 1 - x + ..., which grows if x > 2.
void Reverse::require_stability(const Parameters& parameters, const ReverseLaw& law,
                                const LadderPlan& plan,
                                const std::vector<NamedMotion>& motions) const {
  for (const auto& one : motions) {
    const double x = relative_step(law, plan, one.motion, 1);
    if (x < 2) continue;
    throw parameters.blame(
        options_.key_of_steps(),
        fmt::format("and levels make steps that are unstable for {}: (1 + lambda)/2 dt/(v + t) "
                    "comes to {:.3g} on the finest grid, must be less than 2",
                    one.words, x));
  }
}

void add(Experiment& experiment, const Judged& judged) {
  for (const auto& check : judged.checks) experiment.add(check);
  for (const auto& line : judged.left_out) experiment.say(line);
}

std::vector<LadderResult> run_with_progress(const Grid& grid, ReverseParticles& particles,
                                            const std::vector<NamedMotion>& motions,
                                            const LadderPlan& plan,
                                            std::vector<CellCounts>& counts) {
  constexpr int parts = 100;
  Progress progress{parts, grid.comm()};
  progress.heading(fmt::format("{:>9}", "done"));
  auto results = run_ladder(
      grid.comm(), particles, motions, plan,
      [&](std::size_t m, const std::vector<double>& z, std::size_t count) {
        counts[m].take(z, count);
      },
      [&](double part) {
        const int now = static_cast<int>(parts * part);
        if (progress.due(now)) progress.show(now, fmt::format("{:>7} %", now));
      });
  for (auto& one : counts) one.gather();
  return results;
}

/// Two ways to one number: the flow keeps KL(q|p), so that of its law at t_0 is that at T.
void add_start(Experiment& experiment, const ReverseLaw& law, const LadderPlan& plan,
               const std::vector<NamedMotion>& motions) {
  for (std::size_t m = 0; m < motions.size(); ++m) {
    if (plan.exact_start || !law.ends[m].law) continue;
    const double end = relative_entropy(*law.ends[m].law, law.clusters, plan.times.back());
    const bool flow = motions[m].lambda == 0;
    experiment.add(
        {.name = "kl_" + motions[m].name,
         .claim = fmt::format("{}: KL(q|p) at t_0 of the exact law from N(0, T) is {:.6g}; at T it "
                              "is {:.6g}{}",
                              motions[m].words, end, law.start_entropy,
                              flow ? ", which the flow conserves: difference" : ": not more"),
         .measured = flow ? std::abs(end - law.start_entropy) : end,
         .bound = flow ? 1e-12 + 1e-9 * law.start_entropy : law.start_entropy + 1e-12,
         .statement = flow ? "V18" : "V19"});
  }
}

void Reverse::add_quantiles(Experiment& experiment, Recorder& record, const Process& process,
                            ReverseParticles& particles, const ReverseLaw& law,
                            const LadderPlan& plan) const {
  const MPI_Comm comm = experiment.problem().grid().comm();
  const auto quantiles = [&](const ReverseMotion& motion) {
    return quantile_errors(comm, particles, process, plan, motion);
  };
  const auto kept = quantiles(reverse_motion(0)), doubled = quantiles({.drift = 1, .noise = 0});
  for (std::size_t l = 0; l < kept.size(); ++l) {
    record.row("quantiles", {double(plan.steps(static_cast<int>(l))), kept[l], doubled[l]});
  }
  add(experiment, quantile_checks(law, plan, kept, doubled));
}

void Reverse::run(Experiment& experiment) const {
  const ForwardProcess forward = forward_process(experiment);
  const LadderPlan plan = options_.plan(experiment.parameters(), *forward.process);
  const auto motions = options_.motions(experiment.parameters());
  const ReverseLaw law =
      reverse_law(forward.clusters, plan, motions, forward.process->law(plan.times.back()));
  require_stability(experiment.parameters(), law, plan, motions);
  const Grid& grid = experiment.problem().grid();
  const Field density = cell_means(*law.goal, grid);
  Recorder& record = experiment.open(reverse_layout(experiment, law, motions), {});

  std::vector<CellCounts> counts(motions.size(), CellCounts{grid});
  ReverseParticles particles{forward.clusters, options_.seed()};
  const auto results = run_with_progress(grid, particles, motions, plan, counts);
  add(experiment, law.population ? normal_checks(law, plan, motions, results)
                                 : ladder_checks(law, plan, motions, results));
  add(experiment, cell_checks(law, plan, motions, results, counts));
  add_start(experiment, law, plan, motions);
  record_ladder(record, law, plan, motions, results);
  record_densities(record, *law.goal, density, counts);
  if (law.population) {
    add(experiment, horizon_checks(law, plan, motions));
    record_horizons(record, law, plan, motions);
  }
  if (grid.dimension() == 1) {
    add_quantiles(experiment, record, *forward.process, particles, law, plan);
  }
}

}  // namespace

std::unique_ptr<Study> reverse() {
  return std::make_unique<Reverse>();
}

}  // namespace feller
