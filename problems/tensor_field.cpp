#include "problems/tensor_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/offset_families.hpp"
#include "problems/sampling.hpp"

namespace feller {
namespace {

/// Of the largest eigenvalue: what counts as 0.
constexpr double negligible = 1e-10;

/// d f / d x_a by a central difference of order 4 over a part of the cell.
double derivative(const auto& f, const Point& x, std::size_t a, double width) {
  const double step = 0.05 * width;
  const auto at = [&](double shift) {
    Point y = x;
    y[a] += shift * step;
    return f(y);
  };
  return (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * step);
}

}  // namespace

TensorField::TensorField(const Equation& equation, const Grid& grid, double time,
                         const Parameters& parameters)
    : equation_{equation},
      grid_{grid},
      time_{time},
      parameters_{parameters},
      dimension_{grid.dimension()} {}

double TensorField::value(const std::string& key, const TimeFunction& f, const Point& x) const {
  try {
    return require(grid_, x, f(x, time_), Sign::any);
  } catch (const InputError& error) {
    throw parameters_.blame(key, error.what());
  }
}

double TensorField::component(const Point& x, int i, int j) const {
  const auto entry = static_cast<std::size_t>(i * dimension_ + j);
  return value("problem.diffusion", equation_.diffusion[entry], x);
}

Tensor TensorField::diffusion(const Point& x) const {
  Tensor d{};
  double size = 0;
  for (int i = 0; i < dimension_; ++i) {
    for (int j = 0; j < dimension_; ++j) {
      const double entry = component(x, i, j);
      d[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] = entry;
      size = std::max(size, std::abs(entry));
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (std::abs(d[i][j] - d[j][i]) <= 1e-12 * size) continue;
      throw parameters_.blame(
          "problem.diffusion",
          fmt::format("is not symmetric: D_{0}{1} = {2:.6g}, but D_{1}{0} = {3:.6g} at {4}",
                      Grid::axis_names[j], Grid::axis_names[i], d[j][i], d[i][j],
                      grid_.describe(x)));
    }
  }
  const double least = eigen(d, dimension_).values[0];
  if (least < -1e-12 * size) {
    throw parameters_.blame(
        "problem.diffusion",
        fmt::format("is not positive semi-definite: it has the eigenvalue {:.6g} at {}", least,
                    grid_.describe(x)));
  }
  return d;
}

std::vector<OffsetWeight> TensorField::offsets(const Point& x, const Point& widths) const {
  Tensor scaled = diffusion(x);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) scaled[i][j] /= widths[i] * widths[j];
  }
  auto found = selling(scaled, dimension_, longest_offset);
  if (found) return std::move(*found);
  throw parameters_.blame(
      "problem.diffusion",
      fmt::format("is too anisotropic for this grid at {}: it would need jumps over more than {} "
                  "cells; choose the cells' widths closer to the tensor, or add a little isotropic "
                  "diffusion",
                  grid_.describe(x), longest_offset));
}

bool TensorField::is_singular(const Point& x) const {
  const auto values = eigen(diffusion(x), dimension_).values;
  return values[0] <= negligible * values[static_cast<std::size_t>(dimension_) - 1];
}

Point TensorField::fick_drift(const Point& x, const Point& widths) const {
  const double share = share_of_divergence(equation_.form);
  Point f{0, 0, 0};
  for (int i = 0; i < dimension_; ++i) {
    const auto a = static_cast<std::size_t>(i);
    if (!equation_.drift.empty()) f[a] += value("problem.drift", equation_.drift[a], x);
    if (equation_.potential) {
      f[a] -= derivative(
          [&](const Point& y) { return value("problem.potential", equation_.potential, y); }, x, a,
          widths[a]);
    }
    for (int j = 0; share != 0 && j < dimension_; ++j) {
      const auto b = static_cast<std::size_t>(j);
      f[a] -=
          share * derivative([&](const Point& y) { return component(y, i, j); }, x, b, widths[b]);
    }
  }
  return f;
}

TensorField::Force TensorField::force(const Point& x, const Point& widths) const {
  const Point f = fick_drift(x, widths);
  if (f == Point{0, 0, 0}) return {{0, 0, 0}, {0, 0, 0}};
  const Eigen modes = eigen(diffusion(x), dimension_);
  const double top = modes.values[static_cast<std::size_t>(dimension_) - 1];
  Force force{{0, 0, 0}, {0, 0, 0}};
  for (std::size_t m = 0; m < static_cast<std::size_t>(dimension_); ++m) {
    const Point& mode = modes.vectors[m];
    const double along = f[0] * mode[0] + f[1] * mode[1] + f[2] * mode[2];
    const bool carried = modes.values[m] > negligible * top;
    Point& part = carried ? force.in_range : force.rest;
    const double factor = carried ? along / modes.values[m] : along;
    for (std::size_t a = 0; a < 3; ++a) part[a] += factor * mode[a];
  }
  return force;
}

}  // namespace feller
