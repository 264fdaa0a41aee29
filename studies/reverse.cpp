/// The reverse processes of z(t) = y + sqrt(t) eps by particles (solvers/reverse_particles.hpp):
///
///     z(t - dt) = z(t) + (1 + lambda)/2 s_t(z) dt + sqrt(lambda) dW,   from T down to t_0
///
/// on a ladder of time grids, for several lambda at once: second moments converge to those of p_t0
/// with the order of the scheme, the particles have the exact law cell by cell, and without noise
/// they keep their quantiles. For a normal population everything is compared with closed forms.
///
/// Controls: the noise lambda as printed in McAllester's (23), judged in the limit dt -> 0, as a
/// coarse grid can hide it; the drift of lambda = 1 without its noise.

#include <fmt/format.h>

#include <cmath>

#include "problems/process_problem.hpp"
#include "studies/program/progress.hpp"
#include "studies/score/reverse_checks.hpp"
#include "studies/score/reverse_counts.hpp"
#include "studies/score/reverse_options.hpp"
#include "studies/score/reverse_quantiles.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

/// For chi-square to tell the wrong law by 40: it grows with their number.
constexpr std::int64_t enough_to_tell = 50000;

ReverseLaw law_of(const Clusters& clusters, const LadderPlan& plan) {
  const double T = plan.times.front();
  ReverseLaw law;
  if (plan.exact_start) law.second = clusters.variance() + plan.times.back();
  if (clusters.size() > 1) return law;
  // About its own mean, one axis is like the other; from N(0, T) they are if the mean is 0 or n 1.
  const double mean = clusters.mean().front();
  if (!plan.exact_start && clusters.dimension > 1) return law;
  law.population = NormalState{mean, clusters.variances.front()};
  law.start =
      plan.exact_start ? NormalState{mean, clusters.variances.front() + T} : NormalState{0, T};
  return law;
}

class Reverse : public Study {
 public:
  void declare(Parameters& p) override { options_.declare(p); }
  void run(Experiment& experiment) const override;

 private:
  FileLayout layout(const Experiment& experiment, const std::vector<NamedMotion>& motions,
                    const ReverseLaw& law) const;
  void add_counts(Experiment& experiment, const Law& exact, const LadderPlan& plan,
                  const std::vector<NamedMotion>& motions, const std::vector<LadderResult>& results,
                  const std::vector<CellCounts>& counts) const;

  ReverseOptions options_;
};

Table ladder_table(const std::string& name, const std::string& title, std::vector<Labels> columns) {
  return {.name = name,
          .title = title,
          .axis = {"steps", "steps from T to t_0", "1"},
          .columns = std::move(columns),
          .log_axis = true,
          .log_signal = true,
          .together = true};
}

FileLayout Reverse::layout(const Experiment& experiment, const std::vector<NamedMotion>& motions,
                           const ReverseLaw& law) const {
  FileLayout layout = experiment.layout("density");
  const std::string unit = experiment.problem().quantity().unit;
  std::vector<Labels> fields{{"exact", "exact law at t_0", unit}};
  std::vector<Labels> moments, errors, columns;
  for (const auto& one : motions) {
    fields.push_back({one.name, "particles, " + one.words, unit});
    columns.push_back({one.name, one.words, "1"});
    moments.push_back({one.name, one.words, "L^2"});
    errors.push_back({one.name + "_error", "standard error of it, " + one.words, "L^2"});
  }
  const bool on_line = experiment.problem().grid().dimension() == 1;
  if (on_line) {
    layout.tables.push_back({.name = "density",
                             .title = "particles at t_0 against the exact law",
                             .axis = {"x", "x", "L"},
                             .columns = fields,
                             .together = true});
  } else {
    FieldGroup density = experiment.group("density", experiment.title(), fields);
    density.time.reset();
    layout.groups.push_back(density);
  }
  if (law.second) {
    layout.tables.push_back(
        ladder_table("error", "|E|z - mu|^2/n - that of p_t0|, by particles", moments));
  }
  if (law.population) {
    layout.tables.push_back(
        ladder_table("kl", "KL(q|p) at t_0, by the scheme's recursion", columns));
  }
  if (on_line) {
    layout.tables.push_back(ladder_table("quantiles", "rms of F_t0(z) - F_T(z_T)",
                                         {{"kept", "probability flow, lambda = 0", "1"},
                                          {"doubled", "its drift doubled, without noise", "1"}}));
  }
  const std::size_t signals = moments.size();
  moments.insert(moments.end(), errors.begin(), errors.end());
  Table second = ladder_table("second", "E|z - mu|^2/n at t_0, by particles", moments);
  second.log_signal = false;
  second.signals = signals;
  layout.tables.push_back(second);
  return layout;
}

void Reverse::add_counts(Experiment& experiment, const Law& exact, const LadderPlan& plan,
                         const std::vector<NamedMotion>& motions,
                         const std::vector<LadderResult>& results,
                         const std::vector<CellCounts>& counts) const {
  if (!plan.exact_start) return;
  for (std::size_t m = 0; m < motions.size(); ++m) {
    const NamedMotion& one = motions[m];
    const Estimate& finest = results[m].second.back();
    const double late = finest.value - results[m].extrapolated(order(plan.scheme)).value;
    if (!one.printed && std::abs(late) > finest.error) {
      experiment.say(
          fmt::format("cells_{}: left out, the finest steps are too long: their error "
                      "{:.2g} exceeds the standard error {:.2g}",
                      one.name, std::abs(late), finest.error));
      continue;
    }
    if (one.printed && plan.particles < enough_to_tell) {
      experiment.say(fmt::format("control_cells_{}: left out, fewer than {} particles", one.name,
                                 enough_to_tell));
      continue;
    }
    Check check{.name = "cells_" + one.name,
                .claim = fmt::format("{}: particles in the cells against the exact law at t_0, "
                                     "chi-square as a normal score",
                                     one.words),
                .measured = counts[m].score(exact),
                .bound = 4,
                .statement = "V19"};
    if (one.printed) {
      check.name = "control_cells_" + one.name;
      check.relation = Relation::at_least;
      check.bound = 40;
      check.is_control = true;
      check.misprint = "McAllester, (23)";
    }
    experiment.add(check);
  }
}

void record_ladder(Recorder& record, const ReverseLaw& law, const LadderPlan& plan,
                   const std::vector<NamedMotion>& motions,
                   const std::vector<LadderResult>& results) {
  for (int l = 0; l < plan.levels; ++l) {
    const auto level = static_cast<std::size_t>(l);
    std::vector<double> second{static_cast<double>(plan.steps(l))}, error = second, kl = second;
    for (const auto& result : results) second.push_back(result.second[level].value);
    for (const auto& result : results) second.push_back(result.second[level].error);
    record.row("second", second);
    for (std::size_t m = 0; m < motions.size(); ++m) {
      if (law.second) error.push_back(std::abs(results[m].second[level].value - *law.second));
      if (law.population) kl.push_back(entropy_ladder(law, plan, motions[m].motion)[level]);
    }
    if (law.second) record.row("error", error);
    if (law.population) record.row("kl", kl);
  }
}

/// In one dimension as curves, so that they share a picture.
void record_densities(Recorder& record, const Law& law, const Field& exact,
                      const std::vector<CellCounts>& counts) {
  const Grid& grid = exact.grid();
  if (grid.dimension() > 1) {
    std::vector<std::vector<Field>> fields;
    fields.push_back({exact});
    for (const auto& one : counts) fields.push_back({one.density()});
    record.constant("density", {fields.begin(), fields.end()});
    return;
  }
  for_each(grid.whole(), [&](const Index& k) {
    const Axis& axis = grid.axis(0);
    const double p = law.probability({{axis.face(k[0])}, {axis.face(k[0] + 1)}});
    std::vector<double> row{axis.centre(k[0]), p / axis.width(k[0])};
    for (const auto& one : counts) row.push_back(one.density(k));
    record.row("density", row);
  });
}

void Reverse::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const ForwardProcess forward = forward_process(experiment);
  const LadderPlan plan = options_.plan(experiment.parameters(), *forward.process);
  const auto motions = options_.motions(experiment.parameters());
  const ReverseLaw law = law_of(forward.clusters, plan);
  const auto exact = forward.process->law(plan.times.back());
  const Grid& grid = problem.grid();
  const Field density = cell_means(*exact, grid);
  Recorder& record = experiment.open(layout(experiment, motions, law), {});

  constexpr int parts = 100;
  Progress progress{parts, grid.comm()};
  progress.heading(fmt::format("{:>9}", "done"));
  std::vector<CellCounts> counts(motions.size(), CellCounts{grid});
  ReverseParticles particles{forward.clusters, options_.seed()};
  const auto results = run_ladder(
      grid.comm(), particles, motions, plan,
      [&](std::size_t m, const std::vector<double>& z, std::size_t count) {
        counts[m].take(z, count);
      },
      [&](double part) {
        const int now = static_cast<int>(parts * part);
        if (progress.due(now)) progress.show(now, fmt::format("{:>7} %", now));
      });
  for (auto& one : counts) one.gather();
  for (const auto& check : ladder_checks(law, plan, forward.clusters.dimension, motions, results)) {
    experiment.add(check);
  }
  add_counts(experiment, *exact, plan, motions, results, counts);
  record_ladder(record, law, plan, motions, results);
  record_densities(record, *exact, density, counts);
  if (grid.dimension() > 1) return;
  const auto quantiles = [&](const ReverseMotion& motion) {
    return quantile_errors(grid.comm(), particles, *forward.process, plan, motion);
  };
  const auto kept = quantiles(reverse_motion(0)), doubled = quantiles({.drift = 1, .noise = 0});
  for (std::size_t l = 0; l < kept.size(); ++l) {
    record.row("quantiles", {double(plan.steps(static_cast<int>(l))), kept[l], doubled[l]});
  }
  for (const auto& check : quantile_checks(plan, kept, doubled)) experiment.add(check);
}

}  // namespace

std::unique_ptr<Study> reverse() {
  return std::make_unique<Reverse>();
}

}  // namespace feller
