#include "problems/osmosis/canny.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "discretisation/smoothing.hpp"

namespace feller {
namespace {

Index neighbour(const Index& k, int dx, int dy) {
  return {k[0] + dx, k[1] + dy, k[2]};
}

/// Whether the magnitude at k is a maximum along the gradient. Of two equal neighbours the first
/// along the direction with a positive last component counts, so that ridges stay one pixel wide.
class Ridge {
 public:
  Ridge(const std::array<Field, 2>& gradient, const Field& magnitude)
      : grid_{magnitude.grid()}, x_{gradient[0]}, y_{gradient[1]}, magnitude_{magnitude} {}

  bool operator()(const Index& k) const {
    const double g = magnitude_[k];
    if (!(g > 0)) return false;
    const double x = x_[k], y = y_[k];
    const int sx = x < 0 ? -1 : 1, sy = y < 0 ? -1 : 1;
    const bool steep = std::abs(y) > std::abs(x);
    const double part = steep ? std::abs(x / y) : std::abs(y / x);
    const auto beside = [&](int sign) {
      const double straight = steep ? at(k, 0, sign * sy) : at(k, sign * sx, 0);
      return (1 - part) * straight + part * at(k, sign * sx, sign * sy);
    };
    const bool forwards = y > 0 || (y == 0 && x > 0);
    const double ahead = beside(forwards ? 1 : -1), behind = beside(forwards ? -1 : 1);
    return g > ahead && g >= behind;
  }

 private:
  double at(const Index& k, int dx, int dy) const {
    const Index l = neighbour(k, dx, dy);
    return grid_.inside(l) ? magnitude_[l] : 0;
  }

  const Grid& grid_;
  Ghosted x_, y_, magnitude_;
};

/// Marks what `weak` connects to marked pixels; whether anything was marked on this rank.
bool grow(const Field& weak, Field& marked) {
  const Grid& grid = marked.grid();
  const Box& owned = grid.owned();
  const Ghosted seen{marked};
  const auto may = weak.values();
  const auto is = marked.values();
  std::vector<Index> front;
  for_each(grid.ghosted(), [&](const Index& k) {
    if (seen[k] == 1) front.push_back(k);
  });
  bool changed = false;
  while (!front.empty()) {
    const Index k = front.back();
    front.pop_back();
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        const Index l = neighbour(k, dx, dy);
        if (!owned.contains(l)) continue;
        const auto i = static_cast<std::size_t>(owned.offset(l));
        if (may[i] != 1 || is[i] == 1) continue;
        is[i] = 1;
        changed = true;
        front.push_back(l);
      }
    }
  }
  return changed;
}

}  // namespace

std::array<Field, 2> gradient(const Field& level) {
  const Grid& grid = level.grid();
  const Ghosted u{level};
  const auto along = [&](int dx, int dy) {
    return fill(grid, [&](const Index& k) {
      const Index up = neighbour(k, dx, dy), down = neighbour(k, -dx, -dy);
      return ((grid.inside(up) ? u[up] : u[k]) - (grid.inside(down) ? u[down] : u[k])) / 2;
    });
  };
  return {along(1, 0), along(0, 1)};
}

Field canny(const Field& level, const CannyOptions& options) {
  const Grid& grid = level.grid();
  const auto slope = gradient(smoothed(level, options.sigma));
  Field magnitude{grid};
  auto value = magnitude.values().begin();
  auto y = slope[1].values().begin();
  for (const double x : slope[0].values()) *value++ = std::hypot(x, *y++);
  const Ridge is_ridge{slope, magnitude};
  const Field ridge = fill(grid, [&](const Index& k) { return is_ridge(k) ? magnitude[k] : 0; });
  const Field weak = transformed(ridge, [&](double g) { return g > 0 && g >= options.low; });
  Field edges = transformed(ridge, [&](double g) { return g > 0 && g >= options.high; });
  // Both kinds of change must be seen by all before the next exchange.
  while (maximum(grid.comm(), grow(weak, edges) ? 1 : 0) > 0) {
  }
  return edges;
}

}  // namespace feller
