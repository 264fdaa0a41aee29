#include "discretisation/interpolation.hpp"

#include <algorithm>
#include <cmath>

namespace feller {
namespace {

constexpr int most_nodes = 6;

/// The cell in which a coordinate lies.
int cell_of(const Axis& axis, double x) {
  int low = 0, high = axis.cells - 1;
  while (low < high) {
    const int middle = (low + high) / 2;
    (x < axis.face(middle + 1) ? high : low) = x < axis.face(middle + 1) ? middle : middle + 1;
  }
  return low;
}

Index cell_of(const Grid& grid, const Point& point) {
  Index cell{0, 0, 0};
  for (int a = 0; a < grid.dimension(); ++a) {
    const auto axis = static_cast<std::size_t>(a);
    const double x = point[axis];
    if (!(x >= grid.axis(a).lower && x <= grid.axis(a).upper)) {
      throw InputError(grid.describe(point) + " lies outside the grid");
    }
    cell[axis] = cell_of(grid.axis(a), x);
  }
  return cell;
}

/// Where `count` nodes about a coordinate begin, as central as the grid's end lets them.
int first_node(const Axis& axis, int cell, double x, int count) {
  const int lower_half = x < axis.centre(cell) ? count / 2 : (count - 1) / 2;
  const int first = cell - lower_half;
  return axis.is_periodic() ? first : std::clamp(first, 0, axis.cells - count);
}

/// All of these cells are usable. Collective.
bool all_usable(const Box& nodes, const Field& usable) {
  const Grid& grid = usable.grid();
  bool fine = true;
  for_each(nodes, [&](const Index& node) {
    const Index cell = grid.wrapped(node);
    if (grid.owned().contains(cell)) fine = fine && usable[cell] == 1;
  });
  return minimum(grid.comm(), fine ? 1 : 0) == 1;
}

/// The most central box of `count` nodes an axis that holds the cell and is usable, if there is
/// one. Collective.
std::optional<Box> usable_box(const Index& cell, const Point& point, int count,
                              const Field& usable) {
  const Grid& grid = usable.grid();
  Box central, shifts;
  for (int a = 0; a < grid.dimension(); ++a) {
    const auto axis = static_cast<std::size_t>(a);
    central.count[axis] = std::min(count, grid.axis(a).cells);
    central.start[axis] = first_node(grid.axis(a), cell[axis], point[axis], central.count[axis]);
    shifts.start[axis] = -count;
    shifts.count[axis] = 2 * count + 1;
  }
  std::vector<Index> candidates;
  for_each(shifts, [&](const Index& shift) { candidates.push_back(shift); });
  const auto length = [](const Index& s) { return s[0] * s[0] + s[1] * s[1] + s[2] * s[2]; };
  std::ranges::stable_sort(candidates, {}, length);
  for (const Index& shift : candidates) {
    Box box = central;
    bool fits = true;
    for (int a = 0; a < grid.dimension(); ++a) {
      const auto axis = static_cast<std::size_t>(a);
      const Axis& line = grid.axis(a);
      box.start[axis] += shift[axis];
      const bool inside = box.start[axis] >= 0 && box.start[axis] + box.count[axis] <= line.cells;
      fits = fits && (line.is_periodic() || inside) && cell[axis] >= box.start[axis] &&
             cell[axis] < box.start[axis] + box.count[axis];
    }
    if (fits && all_usable(box, usable)) return box;
  }
  return std::nullopt;
}

/// Lagrange's weight of node `i` among those from `first` on.
double weight_along(const Axis& axis, double x, int first, int count, int i) {
  double weight = 1;
  for (int j = first; j < first + count; ++j) {
    if (j != i) weight *= (x - axis.centre(j)) / (axis.centre(i) - axis.centre(j));
  }
  return weight;
}

}  // namespace

Interpolation::Interpolation(const Point& point, const Field& usable) {
  const Grid& grid = usable.grid();
  const Index cell = cell_of(grid, point);
  std::optional<Box> box;
  for (int count = most_nodes; !box && count > 0; --count) {
    box = usable_box(cell, point, count, usable);
  }
  if (!box) throw InputError(grid.describe(point) + " lies in the absorbing set");
  for_each(*box, [&](const Index& node) {
    const Index owner = grid.wrapped(node);
    if (!grid.owned().contains(owner)) return;
    double weight = 1;
    for (int a = 0; a < grid.dimension(); ++a) {
      const auto axis = static_cast<std::size_t>(a);
      weight *=
          weight_along(grid.axis(a), point[axis], box->start[axis], box->count[axis], node[axis]);
    }
    nodes_.push_back({owner, weight});
  });
}

double Interpolation::operator()(const Field& field) const {
  long double total = 0;
  for (const auto& [cell, weight] : nodes_) total += static_cast<long double>(weight) * field[cell];
  return static_cast<double>(sum(field.grid().comm(), total));
}

}  // namespace feller
