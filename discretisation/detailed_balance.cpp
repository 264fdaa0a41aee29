#include "discretisation/detailed_balance.hpp"

#include <cmath>
#include <limits>

namespace feller {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// ln(forth / back) of each face of a family, kept with its lower cell.
Ghosted rises(const Faces& family) {
  const Grid& grid = family.forth.grid();
  Field field{grid};
  auto out = field.values().begin();
  auto forth = family.forth.values().begin();
  auto back = family.back.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    const double rise = std::log(*forth++) - std::log(*back++);
    *out++ = grid.inside(cell + family.step) ? rise : 0;
  });
  return Ghosted{field};
}

/// Each rank sums its own faces; the last one leads to the next rank's first cell.
std::optional<Field> on_a_line(const JumpRates& rates) {
  const Grid& grid = rates.grid();
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

/// The axis along which a cell is reached: first along x where y and z are 0, then along y, then z.
int axis_of_arrival(const Index& cell) {
  for (int a = 2; a > 0; --a) {
    if (cell[static_cast<std::size_t>(a)] > 0) return a;
  }
  return 0;
}

/// Fills in what can be reached from known cells; how many owned cells are left.
PetscInt extend(Field& log_weight, const std::vector<Ghosted>& rise) {
  const Grid& grid = log_weight.grid();
  const Ghosted before{log_weight};
  const auto values = log_weight.values();
  const Box& own = grid.owned();
  PetscInt left = 0;
  for_each(own, [&](const Index& cell) {
    double& value = values[static_cast<std::size_t>(own.offset(cell))];
    if (!std::isnan(value)) return;
    const auto a = static_cast<std::size_t>(axis_of_arrival(cell));
    Index previous = cell;
    --previous[a];
    const bool ours = previous[a] >= own.start[a];
    const double there =
        ours ? values[static_cast<std::size_t>(own.offset(previous))] : before[previous];
    if (!std::isnan(there)) {
      value = there + rise[a][previous];
    } else {
      ++left;
    }
  });
  return left;
}

double largest_loop(const JumpRates& rates, const Field& log_weight) {
  const Ghosted w{log_weight};
  double most = 0;
  for_each_face(rates, [&](const Index& k, const Index& l, const Crossing& c) {
    if (c.forth == 0 && c.back == 0) return;
    const double defect = w[l] - w[k] - (std::log(c.forth) - std::log(c.back));
    if (!(std::abs(defect) <= most)) most = std::abs(defect);
  });
  return maximum(rates.grid().comm(), std::isfinite(most) ? most : HUGE_VAL);
}

}  // namespace

std::optional<Field> detailed_balance(const JumpRates& rates) {
  const Grid& grid = rates.grid();
  if (grid.dimension() == 1 && !grid.axis(0).is_periodic()) return on_a_line(rates);
  std::vector<Ghosted> rise;
  bool finite = true;
  for (int a = 0; a < grid.dimension(); ++a) {
    rise.push_back(rises(rates.families()[static_cast<std::size_t>(a)]));
    for_each(grid.owned(),
             [&](const Index& cell) { finite = finite && std::isfinite(rise.back()[cell]); });
  }
  if (minimum(grid.comm(), finite ? 1 : 0) < 1) return std::nullopt;
  Field log_weight = fill(grid, [](const Index& cell) {
    return cell == Index{0, 0, 0} ? 0.0 : unknown;
  });
  while (sum(grid.comm(), extend(log_weight, rise)) > 0) {
  }
  double size = 1;
  for (const double value : log_weight.values()) size = std::max(size, std::abs(value));
  // Sums along paths of some thousand cells, and the rounding of each Peclet number.
  const double tolerance = 1e-11 * maximum(grid.comm(), size);
  if (largest_loop(rates, log_weight) > tolerance) return std::nullopt;
  return log_weight;
}

}  // namespace feller
