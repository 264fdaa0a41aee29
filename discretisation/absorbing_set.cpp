#include "discretisation/absorbing_set.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <vector>

namespace feller {
namespace {

constexpr double least_part = 1e-6;  ///< bounds the stiffness where a centre lies on the border

/// The first part of the way from k, which lies outside, to l at which the region begins; nothing
/// if the way misses it. Looked for at eight places a cell of the way, then by bisection.
std::optional<double> part_outside(const Grid& grid, const Region& region, const Index& k,
                                   const Index& l) {
  const Point from = grid.centre(k), to = grid.centre(l);
  const auto is_inside = [&](double part) {
    Point x = from;
    for (std::size_t a = 0; a < 3; ++a) x[a] += part * (to[a] - from[a]);
    return region(grid.wrapped(x));
  };
  int cells = 1;
  for (std::size_t a = 0; a < 3; ++a) cells = std::max(cells, std::abs(l[a] - k[a]));
  const int places = 8 * cells;
  int first = 1;
  while (first <= places && !is_inside(static_cast<double>(first) / places)) ++first;
  if (first > places) return std::nullopt;
  double outside = (first - 1.0) / places, inside = static_cast<double>(first) / places;
  for (int halving = 0; halving < 60; ++halving) {
    const double middle = (outside + inside) / 2;
    (is_inside(middle) ? inside : outside) = middle;
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

template <class Act>
void for_each_cut(JumpRates& rates, const std::vector<Field>& cut, Act&& act) {
  for (std::size_t j = 0; j < cut.size(); ++j) {
    auto forth = rates.families()[j].forth.values(), back = rates.families()[j].back.values();
    const auto is_cut = cut[j].values();
    for (std::size_t i = 0; i < is_cut.size(); ++i) act(forth[i], back[i], is_cut[i]);
  }
}

/// Replaces each jump that meets the region by being killed there: the rates of that.
Field kill_entering(JumpRates& rates, const Region& region, const Ghosted& marked) {
  const Grid& grid = rates.grid();
  std::vector<Field> cut;  // by family: 1 where a way from outside to outside meets the region
  for (const auto& family : rates.families()) {
    cut.push_back(fill(grid, [&](const Index& k) -> double {
      const Index l = k + family.step;
      if (!grid.inside(l)) return 0;
      if (marked[k] == 1 || marked[l] == 1) return 1;
      const int length =
          std::abs(family.step[0]) + std::abs(family.step[1]) + std::abs(family.step[2]);
      return length > 1 && part_outside(grid, region, k, l) ? 1 : 0;
    }));
  }
  JumpRates met{rates};
  for_each_cut(met, cut, [](double& forth, double& back, double is_cut) {
    if (is_cut == 0) forth = back = 0;
  });
  for_each_cut(rates, cut, [](double& forth, double& back, double is_cut) {
    if (is_cut == 1) forth = back = 0;
  });
  return gather(met, [&](const Index& k, const Index& l, const Crossing& c) {
    const double ratio = grid.volume(grid.wrapped(k)) / grid.volume(grid.wrapped(l));
    double from_k = 0, from_l = 0;
    if (c.forth == 0 && c.back == 0) return std::pair{0.0, 0.0};
    if (marked[k] == 0) {
      from_k = entering(c.forth, c.back, ratio, part_outside(grid, region, k, l).value_or(1));
    }
    if (marked[l] == 0) {
      from_l = entering(c.back, c.forth, 1 / ratio, part_outside(grid, region, l, k).value_or(1));
    }
    return std::pair{from_k, from_l};
  });
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
  const Field killing = kill_entering(rates, region, near);
  check(VecAXPY(rates.killing().vector(), 1, killing.vector()));
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
