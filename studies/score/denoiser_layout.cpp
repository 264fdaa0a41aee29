#include "studies/score/denoiser_layout.hpp"

#include <fmt/format.h>

namespace feller {
namespace {

const Labels noise{"noise", "variance t of the noise", "L^2"};

/// Columns of one name, one a level.
std::vector<Labels> by_level(const std::vector<double>& times, const std::string& name,
                             const std::string& words, const std::string& unit) {
  std::vector<Labels> columns;
  for (std::size_t k = 0; k < times.size(); ++k) {
    columns.push_back(
        {fmt::format("{}_{}", name, k), fmt::format("{}t = {:g}", words, times[k]), unit});
  }
  return columns;
}

std::vector<Labels> operator+(std::vector<Labels> a, const std::vector<Labels>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<Table> tables_of_levels(const DenoiserPlan& plan) {
  return {{.name = "denoiser",
           .title = "learned (marks) and exact denoiser E[y|t,z]",
           .axis = {"x", "(z - E y)/sqrt(v + t)", "1"},
           .columns = by_level(plan.times, "learned", "learned, ", "L") +
                      by_level(plan.times, "exact", "", "L"),
           .together = true,
           .points = plan.times.size()},
          {.name = "levels",
           .title = "excess risk, one fit a level",
           .axis = noise,
           .columns = {{"excess", "learned, by quadrature", "L^2"},
                       {"theory", "approximation + estimation, theory", "L^2"},
                       {"approximation", "best sum of these features", "L^2"},
                       {"mmse", "mmse, what cannot be learned", "L^2"},
                       {"sampled", "excess by other samples", "L^2"},
                       {"sampled_error", "its standard error", "L^2"},
                       {"condition", "condition number of the features", "1"},
                       {"iterations", "iterations of LSQR", "1"}},
           .log_axis = true,
           .log_signal = true,
           .together = true,
           .signals = 4,
           .points = 1},
          {.name = "all_levels",
           .title = "excess risk of one fit over all levels",
           .axis = noise,
           .columns = {{"excess", "learned over all levels", "L^2"},
                       {"mmse", "mmse, what cannot be learned", "L^2"}},
           .log_axis = true,
           .log_signal = true,
           .together = true}};
}

std::vector<Table> tables_of_ladders(const DenoiserPlan& plan) {
  return {{.name = "features",
           .title = "excess risk by the number of features",
           .axis = {"features", "features", "1"},
           .columns = by_level(plan.times, "excess", "learned, ", "L^2") +
                      by_level(plan.times, "approximation", "best, ", "L^2"),
           .log_signal = true,
           .together = true,
           .points = plan.times.size()},
          {.name = "samples",
           .title = fmt::format("mean excess risk by the number of samples, t = {:g}",
                                plan.times[plan.times.size() / 2]),
           .axis = {"samples", "samples M", "1"},
           .columns = {{"excess", fmt::format("mean of {} fits", plan.replicates), "L^2"},
                       {"theory", "approximation + tr S/M", "L^2"},
                       {"approximation", "approximation", "L^2"},
                       {"error", "standard error of the mean", "L^2"}},
           .log_axis = true,
           .log_signal = true,
           .together = true,
           .signals = 3,
           .points = 1},
          {.name = "condition",
           .title = "condition number of the features",
           .axis = noise,
           .columns = {{"sampled", "of z/sqrt(v + t), on samples", "1"},
                       {"scaled", "of z/sqrt(v + t)", "1"},
                       {"bound", "its bound by components", "1"},
                       {"raw", "of z itself, up to 1e8", "1"}},
           .log_axis = true,
           .log_signal = true,
           .together = true,
           .points = 1}};
}

}  // namespace

FileLayout denoiser_layout(const Experiment& experiment, const DenoiserPlan& plan,
                           const std::vector<double>& on_grid) {
  FileLayout layout = experiment.layout("denoiser");
  layout.tables = tables_of_levels(plan);
  for (auto& table : tables_of_ladders(plan)) layout.tables.push_back(table);
  layout.tables.push_back(
      {.name = "reversed",
       .title = fmt::format("{} particles of the reverse process, t from {:g} to {:g}",
                            plan.particles, plan.last, plan.first),
       .axis = {"z", "z, along the first axis", "L"},
       .columns = {{"learned", "with the learned denoiser", "1/L"},
                   {"wrong", "control: without a score", "1/L"},
                   {"exact", "exact law", "1/L"}},
       .together = true,
       .points = 2});
  if (on_grid.empty()) return layout;
  layout.tables.push_back({.name = "grids",
                           .title = "score by the Fokker-Planck equation, root of E|s_h - s|^2",
                           .axis = {"cells", "cells along an axis", "1"},
                           .columns = by_level(on_grid, "error", "", "1"),
                           .log_axis = true,
                           .log_signal = true,
                           .together = true});
  return layout;
}

}  // namespace feller
