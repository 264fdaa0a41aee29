#include "discretisation/absorbing_set.hpp"

#include <algorithm>
#include <cmath>

namespace feller {
namespace {

constexpr double least_part = 1e-6;  ///< bounds the stiffness where a centre lies on the border

/// The part of the way from k to l, whose centre lies in the region, at which the region begins.
double part_outside(const Grid& grid, const Region& region, const Index& k, const Index& l) {
  const Point from = grid.centre(k), to = grid.centre(l);
  double outside = 0, inside = 1;
  for (int halving = 0; halving < 60; ++halving) {
    const double middle = (outside + inside) / 2;
    Point x = from;
    for (std::size_t a = 0; a < 3; ++a) x[a] += middle * (to[a] - from[a]);
    (region(grid.wrapped(x)) ? inside : outside) = middle;
  }
  return std::max(inside, least_part);
}

/// The rate at which mass enters after this part of a jump whose rates are `out` and `in`; `ratio`
/// of the volumes of its start and its end.
double entering(double out, double in, double ratio, double part) {
  if (out <= 0) return 0;
  if (in <= 0) return out;
  const double z = std::log(out) - std::log(in) + std::log(ratio);
  return out / scharfetter_gummel(-z) * scharfetter_gummel(-part * z) / part;
}

void require_part_of_the_grid(const Field& marked) {
  const double cells = total(marked);
  if (cells == 0) {
    throw InputError("holds no cell's centre: it is empty, or smaller than a cell");
  }
  if (cells == static_cast<double>(marked.grid().cells())) {
    throw InputError("holds every cell's centre: nothing is left outside");
  }
}

Field killing_of(const JumpRates& rates, const Region& region, const Ghosted& marked) {
  const Grid& grid = rates.grid();
  return gather(rates, [&](const Index& k, const Index& l, const Crossing& c) {
    if (marked[k] == marked[l]) return std::pair{0.0, 0.0};
    const double ratio = grid.volume(grid.wrapped(k)) / grid.volume(grid.wrapped(l));
    if (marked[l] == 1) {
      return std::pair{entering(c.forth, c.back, ratio, part_outside(grid, region, k, l)), 0.0};
    }
    return std::pair{0.0, entering(c.back, c.forth, 1 / ratio, part_outside(grid, region, l, k))};
  });
}

/// No jumps from and to marked cells.
void cut_faces(JumpRates& rates, const Ghosted& marked) {
  const Grid& grid = rates.grid();
  for (auto& family : rates.families()) {
    auto forth = family.forth.values().begin();
    auto back = family.back.values().begin();
    for_each(grid.owned(), [&](const Index& k) {
      const Index l = k + family.step;
      if (marked[k] == 1 || (grid.inside(l) && marked[l] == 1)) *forth = *back = 0;
      ++forth;
      ++back;
    });
  }
}

double largest_rate(const JumpRates& rates) {
  double most = 0;
  for_each_face(rates, [&](const Index&, const Index&, const Crossing& c) {
    most = std::max({most, c.forth, c.back});
  });
  return maximum(rates.grid().comm(), most);
}

}  // namespace

Field indicator(const Grid& grid, const Region& region) {
  return fill(grid, [&](const Index& k) { return region(grid.centre(k)) ? 1 : 0; });
}

JumpRates absorb(JumpRates rates, const Region& region) {
  const Field marked = indicator(rates.grid(), region);
  require_part_of_the_grid(marked);
  const Ghosted near{marked};
  const double most = largest_rate(rates);
  const Field killing = killing_of(rates, region, near);
  check(VecAXPY(rates.killing().vector(), 1, killing.vector()));
  cut_faces(rates, near);
  const auto inside = marked.values();
  const auto set_inside = [&inside](Field& field, double value) {
    auto values = field.values();
    for (std::size_t i = 0; i < inside.size(); ++i) {
      if (inside[i] == 1) values[i] = value;
    }
  };
  set_inside(rates.killing(), most > 0 ? most : 1);
  set_inside(rates.source(), 0);
  for (auto& exit : rates.exits()) set_inside(exit.rate, 0);
  return rates;
}

}  // namespace feller
