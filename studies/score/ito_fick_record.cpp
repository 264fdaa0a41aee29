#include "studies/score/ito_fick_record.hpp"

#include <fmt/format.h>

namespace feller {
namespace {

/// One column a form.
void add_columns(std::vector<Labels>& columns, const std::string& what, const std::string& words,
                 const std::string& unit) {
  for (const Form form : all_forms) {
    columns.push_back({what + "_" + name_of(form), words + ", " + name_of(form), unit});
  }
}

Table moment_table() {
  Table table{.name = "second_moment",
              .title = "second moment of the three readings of one equation",
              .axis = {"time", "time", "T"},
              .columns = {},
              .together = true,
              .signals = 6,
              .points = 3};
  add_columns(table.columns, "particles", "particles", "L^2");
  add_columns(table.columns, "law", "law", "L^2");
  add_columns(table.columns, "grid", "grid", "L^2");
  add_columns(table.columns, "fourth", "E z^4 of the particles", "L^4");
  return table;
}

Table bin_table(const std::string& name, const std::string& title) {
  return {.name = name,
          .title = title,
          .axis = {"z", "z", "L"},
          .columns = {},
          .log_signal = true,
          .together = true,
          .signals = 6,
          .points = 3};
}

void record_moments(Recorder& record, const ItoFickCase& c, const FormResults& results) {
  for (int n = 0; n <= c.schedule.steps; ++n) {
    const auto step = static_cast<std::size_t>(n);
    std::vector<double> row{c.schedule.time(n)};
    for (const Form form : all_forms) row.push_back(results.at(form).paths.second_moments[step]);
    for (const Form form : all_forms) {
      row.push_back(c.noise.second_moment(form, c.variance, c.schedule.time(n)));
    }
    for (const Form form : all_forms) row.push_back(results.at(form).base.second_moments[step]);
    for (const Form form : all_forms) row.push_back(results.at(form).paths.fourth_moments[step]);
    record.row("second_moment", row);
  }
}

/// Shares of the bins, a column each, as densities.
void record_bins(Recorder& record, const std::string& table, const Bins& bins,
                 const std::vector<std::vector<double>>& shares) {
  for (int b = 0; b < bins.count; ++b) {
    std::vector<double> row{bins.centre(b)};
    for (const auto& share : shares) row.push_back(share[static_cast<std::size_t>(b)] / bins.width);
    record.row(table, row);
  }
}

}  // namespace

FileLayout ito_fick_layout(const Experiment& experiment, const Schedule& schedule) {
  FileLayout layout = experiment.layout("second_moment");
  Table histogram = bin_table("histogram", "densities at the end");
  add_columns(histogram.columns, "particles", "particles", "1/L");
  add_columns(histogram.columns, "grid", "grid", "1/L");
  for (std::size_t i = 0; i + 1 < schedule.outputs.size(); ++i) {
    add_columns(histogram.columns, fmt::format("output_{}", i),
                fmt::format("grid at t = {:g}", schedule.time(schedule.outputs[i])), "1/L");
  }
  Table steady = bin_table("steady_state", "steady states");
  add_columns(steady.columns, "grid", "grid", "1/L");
  add_columns(steady.columns, "law", "law", "1/L");
  layout.tables = {moment_table(),
                   histogram,
                   steady,
                   {.name = "weak_order",
                    .title = "error of the second moment of Euler's steps (16)",
                    .axis = {"h", "step", "T"},
                    .columns = {{"particles", "particles", "L^2"},
                                {"predicted", "predicted", "L^2"},
                                {"error", "standard error", "L^2"}},
                    .log_axis = true,
                    .log_signal = true,
                    .together = true,
                    .signals = 2,
                    .points = 1}};
  return layout;
}

void record_forms(Recorder& record, const ItoFickCase& c, const FormResults& results) {
  record_moments(record, c, results);
  std::vector<std::vector<double>> shares, steady;
  for (const Form form : all_forms) shares.push_back(results.at(form).paths.histogram);
  for (const Form form : all_forms) {
    shares.push_back(in_bins(results.at(form).fine.densities.back(), c.bins));
  }
  for (std::size_t i = 0; i + 1 < c.schedule.outputs.size(); ++i) {
    for (const Form form : all_forms) {
      shares.push_back(in_bins(results.at(form).fine.densities[i], c.bins));
    }
  }
  for (const Form form : all_forms) {
    steady.push_back(in_bins(results.at(form).fine.steady, c.bins));
  }
  for (const Form form : all_forms) {
    const Grid& grid = results.at(form).fine.steady.grid();
    steady.push_back(in_bins(stationary_means(c.noise, form, grid), c.bins));
  }
  record_bins(record, "histogram", c.bins, shares);
  record_bins(record, "steady_state", c.bins, steady);
}

}  // namespace feller
