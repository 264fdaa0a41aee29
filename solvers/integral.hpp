#pragma once

/// Sums over the cells of a grid, carried in long double.

#include "discretisation/field.hpp"

namespace feller {

/// Sum over the cells of |K| density(u_K). Collective.
double integral(const Field& u, auto&& density) {
  const Grid& grid = u.grid();
  const bool uniform = grid.is_uniform();
  long double total = 0;
  auto value = u.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    total += density(*value++) * (uniform ? 1 : grid.volume(cell));
  });
  const double unit = uniform ? grid.volume({0, 0, 0}) : 1;
  return static_cast<double>(sum(grid.comm(), total) * unit);
}

/// Sum over the cells of |K| density(u_K, v_K). Collective.
double integral(const Field& u, const Field& other, auto&& density) {
  auto second = other.values().begin();
  return integral(u, [&](double value) { return density(value, *second++); });
}

}  // namespace feller
