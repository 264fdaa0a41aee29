#include "problems/tensor_rates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/axis_rates.hpp"
#include "problems/offset_families.hpp"
#include "problems/tensor_field.hpp"

namespace feller {
namespace {

Point widths_of(const Grid& grid, const Index& cell) {
  Point widths{1, 1, 1};
  for (int a = 0; a < grid.dimension(); ++a) {
    const auto axis = static_cast<std::size_t>(a);
    widths[axis] = grid.axis(a).width(cell[axis]);
  }
  return widths;
}

/// The decomposition in every owned cell, in memory order. Collective.
std::vector<Offsets> decomposed(const TensorField& tensor, const Grid& grid) {
  std::vector<Offsets> all;
  agree_on(grid.comm(), [&] {
    for_each(grid.owned(), [&](const Index& cell) {
      all.push_back(tensor.offsets(grid.centre(cell), widths_of(grid, cell)));
    });
  });
  return all;
}

/// Somewhere. Collective.
bool is_singular(const TensorField& tensor, const Grid& grid) {
  bool found = false;
  for_each(grid.owned(),
           [&](const Index& cell) { found = found || tensor.is_singular(grid.centre(cell)); });
  return maximum(grid.comm(), found ? 1 : 0) > 0;
}

/// The equation on one grid at one time, seen along offsets.
class OffsetRates {
 public:
  OffsetRates(const TensorField& tensor, const Equation& equation, const Grid& grid,
              const FluxWeight& weight, double time, const Parameters& parameters)
      : tensor_{tensor},
        equation_{equation},
        grid_{grid},
        weight_{weight},
        time_{time},
        parameters_{parameters} {}

  Crossing across(const Index& k, const Index& l, double conductance) const {
    if (conductance == 0) return {};
    const Point jump = displacement(k, l);
    const double z = peclet(k, jump);
    require_positive(weight_, z, grid_, grid_.centre(k), "each axis", parameters_);
    return crossing(weight_, conductance, grid_.volume(k), grid_.volume(grid_.wrapped(l)), z);
  }

  /// What D cannot carry across the face above k along an axis, upwind.
  Crossing upwind_rest(const Index& k, const Index& l, int axis) const {
    const auto a = static_cast<std::size_t>(axis);
    const Point half = scaled(displacement(k, l), 0.5);
    const double v = tensor_.force(middle(k, half), widths_of(grid_, k)).rest[a];
    return {std::max(v, 0.0) / grid_.axis(axis).width(k[a]),
            std::max(-v, 0.0) / grid_.axis(axis).width(l[a])};
  }

  struct Exchange {
    double killing = 0;
    double source = 0;
    int axis = 0;
    bool upper = false;
  };
  /// A jump from k by `offset`, which leaves the grid: where it crosses a border first.
  Exchange leaving(const Index& k, const Index& offset, double weight) const {
    double part = 1;
    int through = -1;
    for (int a = 0; a < grid_.dimension(); ++a) {
      const auto axis = static_cast<std::size_t>(a);
      const int to = k[axis] + offset[axis];
      if (grid_.axis(a).is_periodic() || (to >= 0 && to < grid_.axis(a).cells)) continue;
      const int inside = to < 0 ? k[axis] : grid_.axis(a).cells - 1 - k[axis];
      const double crossed = (inside + 0.5) / std::abs(offset[axis]);
      if (crossed >= part) continue;
      part = crossed;
      through = a;
    }
    const auto axis = static_cast<std::size_t>(through);
    const Borders& borders = grid_.axis(through).borders;
    const Boundary kind = offset[axis] > 0 ? borders.upper : borders.lower;
    if (kind == Boundary::reflecting) return {};
    Point jump{0, 0, 0};
    for (int a = 0; a < grid_.dimension(); ++a) {
      const auto b = static_cast<std::size_t>(a);
      jump[b] = part * offset[b] * grid_.axis(a).width(k[b]);
    }
    const double z = peclet(k, jump);
    const double given = kind == Boundary::dirichlet && equation_.border_density
                             ? equation_.border_density(plus(grid_.centre(k), jump), time_)
                             : 0;
    return {weight / part * weight_(-z), weight / part * weight_(z) * given * grid_.volume(k),
            through, offset[axis] > 0};
  }

 private:
  static Point scaled(Point x, double factor) {
    for (double& value : x) value *= factor;
    return x;
  }
  static Point plus(Point x, const Point& y) {
    for (std::size_t a = 0; a < 3; ++a) x[a] += y[a];
    return x;
  }
  Point displacement(const Index& k, const Index& l) const {
    Point jump{0, 0, 0};
    for (int a = 0; a < grid_.dimension(); ++a) {
      const auto b = static_cast<std::size_t>(a);
      jump[b] = grid_.axis(a).centre(l[b]) - grid_.axis(a).centre(k[b]);
    }
    return jump;
  }
  Point middle(const Index& k, const Point& half) const {
    return grid_.wrapped(plus(grid_.centre(k), half));
  }
  double peclet(const Index& k, const Point& jump) const {
    const Point force = tensor_.force(middle(k, scaled(jump, 0.5)), widths_of(grid_, k)).in_range;
    return force[0] * jump[0] + force[1] * jump[1] + force[2] * jump[2];
  }

  const TensorField& tensor_;
  const Equation& equation_;
  const Grid& grid_;
  const FluxWeight& weight_;
  double time_;
  const Parameters& parameters_;
};

void open_borders(JumpRates& rates, const OffsetRates& at, const std::vector<Offsets>& cells) {
  const Grid& grid = rates.grid();
  if (grid.is_closed()) return;
  auto killing = rates.killing().values();
  auto source = rates.source().values();
  std::size_t i = 0;
  auto offsets = cells.begin();
  for_each(grid.owned(), [&](const Index& k) {
    for (const auto& [offset, weight] : *offsets) {
      for (const int sign : {1, -1}) {
        const Index signed_offset{sign * offset[0], sign * offset[1], sign * offset[2]};
        if (grid.inside(k + signed_offset)) continue;
        const auto exchange = at.leaving(k, signed_offset, weight);
        killing[i] += exchange.killing;
        source[i] += exchange.source;
        for (auto& exit : rates.exits()) {
          if (exit.axis != exchange.axis || exit.upper != exchange.upper) continue;
          exit.rate.values()[i] += exchange.killing;
        }
      }
    }
    ++offsets;
    ++i;
  });
}

}  // namespace

int halo_of(const Equation& equation, const Grid& grid, double time, const Parameters& parameters) {
  const TensorField tensor{equation, grid, time, parameters};
  return longest(steps_of(decomposed(tensor, grid), grid));
}

JumpRates tensor_rates(const Equation& equation, const Grid& grid, const FluxWeight& weight,
                       double time, const Parameters& parameters) {
  const TensorField tensor{equation, grid, time, parameters};
  const auto cells = decomposed(tensor, grid);
  const auto steps = steps_of(cells, grid);
  if (longest(steps) > grid.halo()) {
    throw parameters.blame(
        "problem.diffusion",
        fmt::format("needs jumps over {0} cells at t = {1:g}: set grid.halo = {0}", longest(steps),
                    time));
  }
  JumpRates rates{grid, steps};
  rates.open_exits();
  std::vector<Ghosted> conductances;
  for (const auto& step : steps) conductances.emplace_back(conductance(cells, grid, step));
  const bool singular = is_singular(tensor, grid);
  const OffsetRates at{tensor, equation, grid, weight, time, parameters};
  agree_on(grid.comm(), [&] {
    set_crossings(rates, [&](const Index& k, const Index& l, int family) {
      const Ghosted& c = conductances[static_cast<std::size_t>(family)];
      Crossing crossing = at.across(k, l, (c[k] + c[l]) / 2);
      if (singular && family < grid.dimension()) {
        const Crossing rest = at.upwind_rest(k, l, family);
        crossing.forth += rest.forth;
        crossing.back += rest.back;
      }
      return crossing;
    });
    open_borders(rates, at, cells);
  });
  return rates;
}

}  // namespace feller
