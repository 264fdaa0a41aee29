#include "discretisation/jump_rates.hpp"

#include <cmath>

namespace feller {

namespace {

std::vector<Index> axis_steps(const Grid& grid) {
  std::vector<Index> steps(static_cast<std::size_t>(grid.dimension()), Index{0, 0, 0});
  for (std::size_t a = 0; a < steps.size(); ++a) steps[a][a] = 1;
  return steps;
}

}  // namespace

JumpRates::JumpRates(const Grid& grid) : JumpRates{grid, axis_steps(grid)} {}

JumpRates::JumpRates(const Grid& grid, const std::vector<Index>& steps)
    : grid_{grid}, killing_{grid}, source_{grid} {
  for (const auto& step : steps) families_.push_back({step, Field{grid}, Field{grid}});
}

void JumpRates::open_exits() {
  const auto is_open = [](Boundary b) {
    return b == Boundary::absorbing || b == Boundary::dirichlet;
  };
  for (int a = 0; a < grid_.dimension(); ++a) {
    const Borders& borders = grid_.axis(a).borders;
    if (is_open(borders.lower)) exits_.push_back({a, false, Field{grid_}});
    if (is_open(borders.upper)) exits_.push_back({a, true, Field{grid_}});
  }
}

std::optional<Field> detailed_balance_on_a_line(const JumpRates& rates) {
  const Grid& grid = rates.grid();
  if (grid.dimension() != 1 || grid.axis(0).is_periodic()) return std::nullopt;
  // Each rank sums its own faces; the last one leads to the next rank's first cell.
  std::vector<long double> sums;
  long double total = 0;
  bool positive = true;
  for_each_face(rates, [&](const Index&, const Index&, const Crossing& c) {
    sums.push_back(total);
    positive = positive && c.forth > 0 && c.back > 0;
    if (positive) total += std::log(static_cast<long double>(c.forth) / c.back);
  });
  if (minimum(grid.comm(), positive ? 1 : 0) < 1) return std::nullopt;
  if (sums.size() < static_cast<std::size_t>(grid.owned().size())) sums.push_back(total);
  long double before = 0;
  check_mpi(MPI_Exscan(&total, &before, 1, MPI_LONG_DOUBLE, MPI_SUM, grid.comm()));
  if (rank_of(grid.comm()) == 0) before = 0;
  Field log_weight{grid};
  auto out = log_weight.values().begin();
  for (const long double sum_so_far : sums) *out++ = static_cast<double>(before + sum_so_far);
  return log_weight;
}

}  // namespace feller
