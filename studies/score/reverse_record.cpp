#include "studies/score/reverse_record.hpp"

#include <algorithm>
#include <cmath>

#include "studies/score/reverse_horizon.hpp"
#include "studies/score/reverse_normal_checks.hpp"

namespace feller {
namespace {

Table ladder_table(const std::string& name, const std::string& title, std::vector<Labels> columns,
                   std::size_t signals) {
  return {.name = name,
          .title = title,
          .axis = {"steps", "steps from T to t_0", "1"},
          .columns = std::move(columns),
          .log_axis = true,
          .log_signal = true,
          .together = true,
          .signals = signals};
}

void add_densities(FileLayout& layout, const Experiment& experiment,
                   const std::vector<NamedMotion>& motions) {
  const std::string unit = experiment.problem().quantity().unit;
  std::vector<Labels> fields{{"exact", "exact law at t_0", unit}};
  for (const auto& one : motions) fields.push_back({one.name, "particles, " + one.words, unit});
  if (experiment.problem().grid().dimension() == 1) {
    layout.tables.push_back({.name = "density",
                             .title = "particles at t_0 against the exact law",
                             .axis = {"x", "x", "L"},
                             .columns = fields,
                             .together = true});
    return;
  }
  FieldGroup density = experiment.group("density", experiment.title(), fields);
  density.time.reset();
  layout.groups.push_back(density);
}

void add_normal(FileLayout& layout, const std::vector<NamedMotion>& motions) {
  std::vector<Labels> entropies, gaps;
  for (const auto& one : motions) {
    entropies.push_back({one.name, one.words, "1"});
    if (!one.printed) continue;
    gaps.push_back({one.name, one.words, "1"});
    gaps.push_back({one.name + "_leading", "leading order, " + one.words, "1"});
  }
  layout.tables.push_back(
      ladder_table("kl", "KL(q|p) at t_0, by the scheme's recursion", entropies, entropies.size()));
  if (gaps.empty()) return;
  layout.tables.push_back(ladder_table("horizon", "(lambda - 1 - ln lambda)/2 - KL(q|p) as dt -> 0",
                                       gaps, gaps.size()));
  layout.tables.back().axis = {"from", "T", "T"};
}

}  // namespace

FileLayout reverse_layout(const Experiment& experiment, const ReverseLaw& law,
                          const std::vector<NamedMotion>& motions) {
  FileLayout layout = experiment.layout("density");
  add_densities(layout, experiment, motions);
  std::vector<Labels> moments, errors;
  for (const auto& one : motions) {
    moments.push_back({one.name, one.words, "L^2"});
    errors.push_back({one.name + "_error", "standard error of it, " + one.words, "L^2"});
  }
  const std::size_t signals = moments.size();
  auto halving = moments;
  halving.push_back({"noise", "largest standard error of these", "L^2"});
  halving.insert(halving.end(), errors.begin(), errors.end());
  layout.tables.push_back(ladder_table(
      "halving", "|change of E|z - mu|^2/n| when each step is halved", halving, signals + 1));
  if (law.population) add_normal(layout, motions);
  if (experiment.problem().grid().dimension() == 1) {
    layout.tables.push_back(ladder_table("quantiles", "rms of F_t0(z) - F_T(z_T)",
                                         {{"kept", "probability flow, lambda = 0", "1"},
                                          {"doubled", "its drift doubled, without noise", "1"}},
                                         2));
  }
  moments.insert(moments.end(), errors.begin(), errors.end());
  layout.tables.push_back(
      ladder_table("second", "E|z - mu|^2/n at t_0, by particles", moments, signals));
  layout.tables.back().log_signal = false;
  return layout;
}

void record_ladder(Recorder& record, const ReverseLaw& law, const LadderPlan& plan,
                   const std::vector<NamedMotion>& motions,
                   const std::vector<LadderResult>& results) {
  for (int l = 0; l < plan.levels; ++l) {
    const auto level = static_cast<std::size_t>(l);
    std::vector<double> second{static_cast<double>(plan.steps(l))}, halving = second, kl = second;
    for (const auto& result : results) second.push_back(result.second[level].value);
    for (const auto& result : results) second.push_back(result.second[level].error);
    record.row("second", second);
    if (law.population) {
      for (const auto& one : motions) {
        kl.push_back(entropy_ladder(law, plan, one.motion)[level]);
      }
      record.row("kl", kl);
    }
    if (l + 1 == plan.levels) continue;
    double noise = 0;
    for (const auto& result : results) {
      halving.push_back(std::abs(result.difference[level].value));
      raise(noise, result.difference[level].error);
    }
    halving.push_back(noise);
    for (const auto& result : results) halving.push_back(result.difference[level].error);
    record.row("halving", halving);
  }
}

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

void record_horizons(Recorder& record, const ReverseLaw& law, const LadderPlan& plan,
                     const std::vector<NamedMotion>& motions) {
  std::vector<std::vector<Horizon>> all;
  std::size_t longest = 0;
  for (const auto& one : motions) {
    if (!one.printed) continue;
    all.push_back(horizons(law, plan, one.lambda));
    longest = std::max(longest, all.back().size());
  }
  for (std::size_t i = 0; i < longest; ++i) {
    std::vector<double> row{0};
    for (const auto& one : all) {
      const bool there = i < one.size();
      if (there) row[0] = one[i].T;
      row.push_back(there ? std::abs(one[i].gap) : std::nan(""));
      row.push_back(there ? std::abs(one[i].leading) : std::nan(""));
    }
    record.row("horizon", row);
  }
}

}  // namespace feller
