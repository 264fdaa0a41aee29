#include "studies/flow/convergence_table.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace feller {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

std::string power_of_length(double exponent) {
  if (exponent == 0) return "1";
  const double size = std::abs(exponent);
  const std::string text = size == 1 ? "L" : fmt::format("L^{:g}", size);
  return exponent > 0 ? text : "1/" + text;
}

std::string unit_of(const std::string& observable) {
  if (observable.starts_with("mean")) return "L";
  return observable == "second_moment" ? "L^2" : "1";
}

std::string number(double value, const char* form) {
  return std::isnan(value) ? "-" : fmt::format(fmt::runtime(form), value);
}

}  // namespace

ConvergenceTable::ConvergenceTable(const Ladder& ladder, const LadderOptions& options,
                                   const Quantity& quantity, int dimension, double order)
    : ladder_{ladder},
      options_{options},
      quantity_{quantity},
      dimension_{dimension},
      order_{order} {
  for (const auto& observable : ladder.observables()) names_.push_back(observable.name);
}

Table ConvergenceTable::errors(const std::string& title) const {
  const bool in_time = options_.refined == Refined::time;
  const Labels h{"h", "mean width of a cell", "L"}, dt{"dt", "time step", "T"};
  Table table{.name = "convergence",
              .title = title,
              .axis = in_time ? dt : h,
              .log_axis = true,
              .log_signal = true};
  // Images are compared in grey levels, per pixel.
  const double root = quantity_.is_image ? 0 : -0.5 * dimension_;
  const std::string norm_unit = quantity_.is_image ? "1" : power_of_length(2 * root);
  table.columns = {{"error_L2", "L2 norm of the error", power_of_length(root)},
                   {"error_L1", "L1 norm of the error", "1"},
                   {"error_Linf", "largest error", norm_unit}};
  for (const auto& observable : ladder_.observables()) {
    table.columns.push_back({"error_" + observable.name, "error of the " + observable.meaning,
                             unit_of(observable.name)});
  }
  table.signals = table.columns.size();
  for (const auto& name : names_) {
    table.columns.push_back({"order_" + name, "order from the next coarser grid: " + name, "1"});
    table.columns.push_back({"fit_" + name, "order by least squares so far: " + name, "1"});
    table.columns.push_back({"spread_" + name, "standard error of that order: " + name, "1"});
  }
  table.columns.push_back(in_time ? h : dt);
  return table;
}

Table ConvergenceTable::values() const {
  Table table{.name = "richardson",
              .title = "values and what they tend to",
              .axis = errors("").axis,
              .log_axis = true};
  for (const auto& observable : ladder_.observables()) {
    table.columns.push_back({observable.name, observable.meaning, unit_of(observable.name)});
  }
  table.signals = table.columns.size();
  for (const auto& [name, meaning] : ladder_.observables()) {
    table.columns.push_back({"limit_" + name, "extrapolated: " + meaning, unit_of(name)});
    table.columns.push_back(
        {"remaining_" + name, "what may be wrong with that: " + meaning, unit_of(name)});
  }
  return table;
}

std::vector<std::vector<double>> ConvergenceTable::error_rows() const {
  std::vector<std::vector<double>> rows;
  const auto& rungs = ladder_.rungs();
  for (std::size_t k = rungs.size(); k-- > 0;) {
    std::vector<double> row{ladder_.spacing(rungs[k])};
    for (std::size_t i = 0; i < names_.size(); ++i) row.push_back(error(k, i));
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const Order so_far = order(i, k + 1);
      row.insert(row.end(), {pairwise(i, k), so_far.value, so_far.standard_error});
    }
    row.push_back(options_.refined == Refined::time ? rungs[k].h : rungs[k].dt);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::vector<double>> ConvergenceTable::value_rows() const {
  std::vector<std::vector<double>> rows;
  const auto& rungs = ladder_.rungs();
  for (std::size_t k = rungs.size(); k-- > 0;) {
    std::vector<double> row{ladder_.spacing(rungs[k])};
    row.insert(row.end(), rungs[k].values.begin(), rungs[k].values.end());
    for (std::size_t i = 0; i < rungs[k].values.size(); ++i) {
      const Limit so_far = limit(i, k + 1);
      row.insert(row.end(), {so_far.value, so_far.remaining});
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

/// Rungs whose error is known.
std::size_t ConvergenceTable::known() const {
  const std::size_t rungs = ladder_.rungs().size();
  return options_.reference == Reference::next ? rungs - 1 : rungs;
}

double ConvergenceTable::error(std::size_t rung, std::size_t i) const {
  const Rung& at = ladder_.rungs()[rung];
  constexpr std::array<std::size_t, 3> norm_of{1, 0, 2};
  return i < 3 ? at.errors[norm_of[i]] : at.value_errors[i - 3];
}

std::vector<double> ConvergenceTable::errors_of(std::size_t i, std::size_t rungs) const {
  std::vector<double> list;
  for (std::size_t k = 0; k < rungs; ++k) list.push_back(error(k, i));
  return list;
}

std::vector<double> ConvergenceTable::spacings(std::size_t rungs) const {
  std::vector<double> list;
  for (std::size_t k = 0; k < rungs; ++k) list.push_back(ladder_.spacing(ladder_.rungs()[k]));
  return list;
}

Order ConvergenceTable::order(std::size_t i, std::size_t rungs) const {
  return observed_order(spacings(rungs), errors_of(i, rungs));
}

double ConvergenceTable::pairwise(std::size_t i, std::size_t rung) const {
  if (rung == 0) return unknown;
  const auto& rungs = ladder_.rungs();
  return pairwise_order(ladder_.spacing(rungs[rung - 1]), ladder_.spacing(rungs[rung]),
                        error(rung - 1, i), error(rung, i));
}

Limit ConvergenceTable::limit(std::size_t observable, std::size_t rungs) const {
  std::vector<double> values;
  for (std::size_t k = 0; k < rungs; ++k) values.push_back(ladder_.rungs()[k].values[observable]);
  return richardson(values, options_.ratio, order_);
}

std::string ConvergenceTable::heading() {
  return fmt::format("{:>16} {:>10} {:>10} {:>11} {:>6} {:>11} {:>6} {:>11} {:>6}", "cells", "h",
                     "dt", "L1 error", "order", "L2 error", "order", "Linf error", "order");
}

std::string ConvergenceTable::line(std::size_t rung) const {
  const Rung& at = ladder_.rungs()[rung];
  std::string text = fmt::format("{:>16} {:>10.4g} {:>10.4g}", at.cells, at.h, at.dt);
  for (const std::size_t i : {1, 0, 2}) {
    text += fmt::format(" {:>11} {:>6}", number(error(rung, i), "{:.4e}"),
                        number(pairwise(i, rung), "{:.3f}"));
  }
  return text;
}

std::string ConvergenceTable::orders_text() const {
  std::string text = fmt::format("{:>16} {:>14} {:>14} {:>22}", "error of", "observed order",
                                 "standard error", "pairwise");
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const Order found = order(i);
    text += fmt::format("\n{:>16} {:>14} {:>14} {:>10} to {:>8}", names_[i],
                        number(found.value, "{:.4f}"), number(found.standard_error, "{:.4f}"),
                        number(found.least, "{:.3f}"), number(found.largest, "{:.3f}"));
  }
  return text;
}

std::string ConvergenceTable::limits_text() const {
  std::string text = fmt::format("{:>16} {:>17} {:>17} {:>12} {:>8}", "value of", "finest",
                                 "extrapolated", "remaining", "order");
  for (std::size_t i = 0; i < ladder_.observables().size(); ++i) {
    const Limit found = limit(i);
    text += fmt::format("\n{:>16} {:>17} {:>17} {:>12} {:>8}", ladder_.observables()[i].name,
                        number(ladder_.rungs().back().values[i], "{:.12g}"),
                        number(found.value, "{:.12g}"), number(found.remaining, "{:.2e}"),
                        number(found.order, "{:.3f}"));
  }
  return text;
}

}  // namespace feller
