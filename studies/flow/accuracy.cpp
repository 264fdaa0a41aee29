#include "studies/flow/accuracy.hpp"

#include <cmath>

#include "problems/processes/process.hpp"

namespace feller {
namespace {

double error_of(double found, std::optional<double> exact) {
  return exact ? std::abs(found - *exact) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

Table accuracy_table(const Problem& problem) {
  Table table{.name = "accuracy",
              .title = "error against the exact density",
              .axis = {"time", "time", "T"},
              .columns = {{"error_l1", "L1 norm of the error", "1"}},
              .log_signal = true};
  table.columns.push_back({"mass_outside", "probability of the exact law beyond the box", "1"});
  if (problem.process() == nullptr) return table;
  table.columns.push_back({"error_entropy", "|H - exact|", "1"});
  table.columns.push_back({"error_relative_entropy", "|KL to the steady state - exact|", "1"});
  const std::string length = problem.quantity().length;
  for (int a = 0; a < problem.grid().dimension(); ++a) {
    const std::string axis{Grid::axis_names[static_cast<std::size_t>(a)]};
    table.columns.push_back({"error_mean_" + axis, "|mean of " + axis + " - exact|", length});
    table.columns.push_back(
        {"error_variance_" + axis, "|variance of " + axis + " - exact|", length + "^2"});
  }
  return table;
}

AxisMoments axis_moments(const Field& density, int axis) {
  const Grid& grid = density.grid();
  const auto a = static_cast<std::size_t>(axis);
  const Axis& line = grid.axis(axis);
  long double mass = 0, first = 0, second = 0;
  auto value = density.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    const long double m = *value++ * grid.volume(cell);
    const long double x = line.centre(cell[a]), h = line.width(cell[a]);
    mass += m;
    first += m * x;
    second += m * (x * x - h * h / 12);
  });
  mass = sum(grid.comm(), mass);
  const long double mean = sum(grid.comm(), first) / mass;
  return {static_cast<double>(mean),
          static_cast<double>(sum(grid.comm(), second) / mass - mean * mean)};
}

std::vector<double> accuracy_row(const Problem& problem, const Evolutions& all, double time) {
  std::vector<double> row{error_against_exact(problem, all, time)};
  row.push_back(
      exact_mass_outside(problem, time).value_or(std::numeric_limits<double>::quiet_NaN()));
  const Process* process = problem.process();
  if (process == nullptr) return row;
  const auto law = process->law(time);
  Evolution& evolution = *all.front();
  row.push_back(error_of(evolution("entropy"), law->entropy()));
  row.push_back(error_of(evolution("relative_entropy"), process->relative_entropy(time)));
  const Moments exact = law->moments();
  for (int a = 0; a < problem.grid().dimension(); ++a) {
    const auto axis = static_cast<std::size_t>(a);
    const AxisMoments found = axis_moments(evolution.state(), a);
    row.push_back(std::abs(found.mean - exact.mean[axis]));
    row.push_back(std::abs(found.variance - exact.covariance[axis][axis]));
  }
  return row;
}

std::optional<double> exact_mass_outside(const Problem& problem, double time) {
  if (problem.process() != nullptr) {
    return problem.process()->mass_outside(region_of(problem.grid()), time);
  }
  const auto exact = problem.exact(0, time);
  if (!exact) return std::nullopt;
  return std::max(0.0, 1 - mass(*exact));
}

}  // namespace feller
