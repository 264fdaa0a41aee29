#include "problems/axis_rates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "problems/sampling.hpp"

namespace feller {
namespace {

/// The equation at one time on one grid, seen axis by axis.
class AxisRates {
 public:
  AxisRates(const Equation& equation, const Grid& grid, const FluxWeight& weight, double time,
            const Parameters& parameters)
      : equation_{equation},
        grid_{grid},
        weight_{weight},
        time_{time},
        parameters_{parameters},
        share_{share_of_divergence(equation.form)} {
    for (const auto& component : equation.diffusion) {
      diffusion_.emplace_back(sampled("problem.diffusion", component, sign()));
    }
    if (equation.potential) {
      potential_.emplace(sampled("problem.potential", equation.potential, Sign::any));
    }
  }

  Crossing across(const Index& k, const Index& l, int axis) const {
    const auto a = static_cast<std::size_t>(axis);
    const Axis& line = grid_.axis(axis);
    const double near = line.width(k[a]) / 2, far = line.width(l[a]) / 2;
    const double dk = diffusion(axis)[k], dl = diffusion(axis)[l];
    const Point face = face_of(k, a, line.face(k[a] + 1));
    const double fall = potential_ ? (*potential_)[k] - (*potential_)[l] : 0;
    const int beyond = grid_.wrapped(l)[a];
    const double drift = drift_at(axis, face);
    const Half here = half(axis, face, line.face(k[a] + 1) - near / 2, near, drift);
    const Half there = half(axis, face, line.face(beyond) + far / 2, far, drift);
    const Passage upwards = passage({.length = near + far,
                                     .resistance = here.resistance + there.resistance,
                                     .work = here.work + there.work,
                                     .log_ratio = std::log(dl / dk),
                                     .drift = drift,
                                     .fall = fall});
    require_positive(weight_, upwards.peclet, grid_, face, Grid::axis_names[a], parameters_);
    const auto [forth, back] = transmission(upwards, weight_);
    return {forth / (2 * near), back / (2 * far)};
  }

  /// Through the border of cell k at one end of an axis: how fast mass is killed, and supplied.
  struct Exchange {
    double killing = 0;
    double source = 0;
  };
  Exchange at_border(const Index& k, int axis, bool upper) const {
    const auto a = static_cast<std::size_t>(axis);
    const Axis& line = grid_.axis(axis);
    const double half = line.width(k[a]) / 2;
    const Point face = face_of(k, a, upper ? line.upper : line.lower);
    const double dk = diffusion(axis)[k];
    const double db = value("problem.diffusion", component(axis), face, sign());
    const double fall =
        potential_ ? (*potential_)[k] - value("problem.potential", equation_.potential, face) : 0;
    const double drift = (upper ? 1 : -1) * drift_at(axis, face);
    const double resistance = half / 2 / dk + half / 2 / db;
    const Passage outwards = passage({.length = half,
                                      .resistance = resistance,
                                      .work = drift * resistance,
                                      .log_ratio = std::log(db / dk),
                                      .drift = drift,
                                      .fall = fall});
    const auto [out, in] = transmission(outwards, weight_);
    const Boundary kind = upper ? line.borders.upper : line.borders.lower;
    const double given = kind == Boundary::dirichlet && equation_.border_density
                             ? value("problem.border_density", equation_.border_density, face)
                             : 0;
    return {out / (2 * half), in * given * grid_.volume(k) / (2 * half)};
  }

 private:
  /// From a centre to the next one, or to a border.
  struct Way {
    double length;
    double resistance;  ///< integral of 1/D; infinite where D is 0
    double work;        ///< integral of drift/D
    double log_ratio;   ///< ln of D there over D here
    double drift;       ///< at the face
    double fall;        ///< of the potential
  };
  Passage passage(const Way& way) const {
    if (!std::isfinite(way.resistance) || !std::isfinite(way.log_ratio)) {
      return {std::numeric_limits<double>::infinity(), 0, way.drift + way.fall / way.length};
    }
    const double z = way.work + way.fall * way.resistance / way.length - share_ * way.log_ratio;
    return {way.resistance, z, way.drift};
  }

  /// Integrals over half of the way between two centres, by two Gauss points. Halves, as D may jump
  /// at a face. Not by the ends: beside a border where D vanishes linearly the mean of the ends is
  /// wrong by a fifth however small the cells are. `drift` is that at the face, which is enough
  /// where D does not vary.
  struct Half {
    double resistance = 0;
    double work = 0;
  };
  Half half(int axis, Point x, double middle, double length, double drift) const {
    const auto a = static_cast<std::size_t>(axis);
    std::array<double, 2> d{}, b{drift, drift};
    std::array<Point, 2> nodes{x, x};
    for (std::size_t i = 0; i < 2; ++i) {
      nodes[i][a] = middle + (i == 0 ? -1 : 1) * length * std::sqrt(3.0) / 6;
      d[i] = value("problem.diffusion", component(axis), nodes[i], sign());
    }
    for (std::size_t i = 0; d[0] != d[1] && i < 2; ++i) b[i] = drift_at(axis, nodes[i]);
    const double part = length / 2;
    return {part / d[0] + part / d[1], part * b[0] / d[0] + part * b[1] / d[1]};
  }

  double drift_at(int axis, const Point& x) const {
    if (equation_.drift.empty()) return 0;
    return value("problem.drift", equation_.drift[static_cast<std::size_t>(axis)], x);
  }

  Point face_of(const Index& cell, std::size_t axis, double position) const {
    Point face = grid_.centre(cell);
    face[axis] = position;
    return face;
  }

  Sign sign() const {
    return equation_.diffusion.size() == 1 ? Sign::positive : Sign::not_negative;
  }
  const TimeFunction& component(int axis) const {
    return equation_
        .diffusion[equation_.diffusion.size() == 1 ? 0 : static_cast<std::size_t>(axis)];
  }
  const Ghosted& diffusion(int axis) const {
    return diffusion_[diffusion_.size() == 1 ? 0 : static_cast<std::size_t>(axis)];
  }

  Field sampled(const std::string& key, const TimeFunction& f, Sign sign) const {
    try {
      return at_centres(
          grid_, [&](const Point& x) { return f(x, time_); }, sign);
    } catch (const InputError& error) {
      throw parameters_.blame(key, error.what());
    }
  }
  double value(const std::string& key, const TimeFunction& f, const Point& x,
               Sign sign = Sign::any) const {
    try {
      // A border may be where a diffusion degenerates.
      return require(grid_, x, f(x, time_), sign == Sign::positive ? Sign::not_negative : sign);
    } catch (const InputError& error) {
      throw parameters_.blame(key, error.what());
    }
  }

  const Equation& equation_;
  const Grid& grid_;
  const FluxWeight& weight_;
  double time_;
  const Parameters& parameters_;
  double share_;
  std::vector<Ghosted> diffusion_;
  std::optional<Ghosted> potential_;
};

void open_borders(JumpRates& rates, const AxisRates& equation) {
  const Grid& grid = rates.grid();
  for (auto& [axis, upper, rate] : rates.exits()) {
    const auto a = static_cast<std::size_t>(axis);
    const int last = upper ? grid.axis(axis).cells - 1 : 0;
    auto killing = rates.killing().values().begin();
    auto source = rates.source().values().begin();
    auto leaving = rate.values().begin();
    for_each(grid.owned(), [&](const Index& k) {
      if (k[a] == last) {
        const auto exchange = equation.at_border(k, axis, upper);
        *leaving = exchange.killing;
        *killing += exchange.killing;
        *source += exchange.source;
      }
      ++leaving;
      ++killing;
      ++source;
    });
  }
}

}  // namespace

std::pair<double, double> transmission(const Passage& passage, const FluxWeight& weight) {
  if (!std::isfinite(passage.resistance)) {
    return {std::max(passage.velocity, 0.0), std::max(-passage.velocity, 0.0)};
  }
  return {weight(-passage.peclet) / passage.resistance,
          weight(passage.peclet) / passage.resistance};
}

void require_positive(const FluxWeight& weight, double peclet, const Grid& grid, const Point& where,
                      std::string_view name, const Parameters& parameters) {
  if (weight.weight != central || std::abs(peclet) < 2) return;
  throw parameters.blame(
      "scheme.flux",
      fmt::format("central needs |b h / D| < 2, but it is {:.4g} near {}: take {:.0f} times the "
                  "cells along {}, or scharfetter_gummel",
                  std::abs(peclet), grid.describe(where), std::floor(std::abs(peclet) / 2) + 1,
                  name));
}

JumpRates axis_rates(const Equation& equation, const Grid& grid, const FluxWeight& weight,
                     double time, const Parameters& parameters) {
  const AxisRates at_faces{equation, grid, weight, time, parameters};
  JumpRates rates{grid};
  rates.open_exits();
  agree_on(grid.comm(), [&] {
    set_crossings(rates, [&](const Index& k, const Index& l, int axis) {
      return at_faces.across(k, l, axis);
    });
    open_borders(rates, at_faces);
  });
  return rates;
}

}  // namespace feller
