#include "problems/grid_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "problems/choices.hpp"

namespace feller {
namespace {

std::string faces_key(std::size_t axis) {
  return fmt::format("grid.{}_faces", Grid::axis_names[axis]);
}

/// The entry of an axis in a list that has one entry an axis, or one for all.
template <class T>
const T& entry(const std::vector<T>& list, std::size_t axis) {
  return list.size() == 1 ? list.front() : list[axis];
}

void require_length(const Parameters& parameters, const std::string& key, std::size_t length,
                    std::size_t axes) {
  if (length == axes) return;
  throw parameters.blame(key, fmt::format("has {} entries, but grid.cells has {}", length, axes));
}

/// xi -> [0, 1], smooth and ascending.
double geometric(double ratio, double xi) {
  return std::abs(ratio - 1) < 1e-12 ? xi : std::expm1(xi * std::log(ratio)) / (ratio - 1);
}

double stretched(double s, double centre, double xi) {
  const double q = std::log((1 + std::expm1(s) * centre) / (1 + std::expm1(-s) * centre)) / (2 * s);
  const double start = std::sinh(s * q);
  return (std::sinh(s * (xi - q)) + start) / (std::sinh(s * (1 - q)) + start);
}

}  // namespace

void GridOptions::declare(Parameters& p) {
  p.add("grid.cells", cells_,
        {.meaning = "cells along x, y, z: their number is the dimension",
         .range = {.low = 1},
         .required = true});
  p.add("grid.lower", lower_,
        {.meaning = "lower corner of the box", .unit = "L", .required = true});
  p.add("grid.upper", upper_,
        {.meaning = "upper corner of the box", .unit = "L", .required = true});
  p.add("grid.boundary", boundary_,
        {.meaning = "border of each axis, or one for all: reflecting, periodic, absorbing or "
                    "dirichlet; lower:upper where the two ends differ"});
  p.add("grid.spacing", spacing_,
        {.meaning = "widths of the cells of each axis, or one word for all",
         .choices = names_of(spacings())});
  p.add("grid.stretch", stretch_,
        {.meaning = "of each axis, or one for all: geometric, width of the last cell over that of "
                    "the first; sinh, strength of the stretching",
         .range = range::positive});
  p.add("grid.centre", centre_,
        {.meaning = "of each axis, or one for all: where sinh has the narrowest cells; default: "
                    "the middle",
         .unit = "L"});
  for (std::size_t a = 0; a < 3; ++a) {
    p.add(faces_key(a), faces_[a],
          {.meaning = "faces between the cells, ascending from lower to upper", .unit = "L"});
  }
  p.add("grid.halo", halo_,
        {.meaning = "layers of ghosts, where a tensor that depends on t comes to need more than "
                    "at t = 0",
         .range = range::at_least_one});
}

std::string GridOptions::spacing_of(std::size_t axis) const {
  return entry(spacing_, axis);
}

void GridOptions::validate(const Parameters& parameters) const {
  const std::size_t n = cells_.size();
  if (n < 1 || n > 3) throw parameters.blame("grid.cells", "must have 1, 2 or 3 entries");
  require_length(parameters, "grid.lower", lower_.size(), n);
  require_length(parameters, "grid.upper", upper_.size(), n);
  if (boundary_.size() != 1) require_length(parameters, "grid.boundary", boundary_.size(), n);
  if (spacing_.size() != 1) require_length(parameters, "grid.spacing", spacing_.size(), n);
  if (stretch_.size() > 1) require_length(parameters, "grid.stretch", stretch_.size(), n);
  if (centre_.size() > 1) require_length(parameters, "grid.centre", centre_.size(), n);
  for (std::size_t a = 0; a < n; ++a) {
    if (!(lower_[a] < upper_[a])) {
      throw parameters.blame(
          "grid.upper", fmt::format("must exceed grid.lower, but {} <= {}", upper_[a], lower_[a]));
    }
    const std::string spacing = spacing_of(a);
    if ((spacing == "geometric" || spacing == "sinh") && stretch_.empty()) {
      throw parameters.blame("grid.spacing", fmt::format("{} needs grid.stretch", spacing));
    }
    if (spacing != "faces") continue;
    require_length(parameters, faces_key(a), faces_[a].size(),
                   static_cast<std::size_t>(cells_[a]) + 1);
  }
}

Borders GridOptions::borders(const Parameters& parameters, std::size_t axis) const {
  const std::string& text = entry(boundary_, axis);
  const auto colon = text.find(':');
  const auto one = [&](std::string word) {
    word.erase(0, word.find_first_not_of(' '));
    word.erase(word.find_last_not_of(' ') + 1);
    const auto names = names_of(boundaries());
    if (std::ranges::find(names, word) == names.end()) {
      throw parameters.blame("grid.boundary",
                             fmt::format("'{}' must be one of {}{}", word, fmt::join(names, ", "),
                                         suggestion(word, names)));
    }
    return value_of(boundaries(), word);
  };
  if (colon == std::string::npos) return one(text);
  const Borders borders{one(text.substr(0, colon)), one(text.substr(colon + 1))};
  if (borders.lower != borders.upper &&
      (borders.lower == Boundary::periodic || borders.upper == Boundary::periodic)) {
    throw parameters.blame("grid.boundary", "an axis is periodic at both ends or at none");
  }
  return borders;
}

std::vector<double> GridOptions::refined_faces(const Parameters& parameters, std::size_t axis,
                                               double refinement) const {
  const auto& given = faces_[axis];
  std::vector<double> faces;
  if (refinement < 1) {
    const auto stride = static_cast<std::size_t>(std::lround(1 / refinement));
    if ((given.size() - 1) % stride != 0) {
      throw parameters.blame(
          faces_key(axis),
          fmt::format("leave {} cells, which cannot be joined by {}", given.size() - 1, stride));
    }
    for (std::size_t i = 0; i < given.size(); i += stride) faces.push_back(given[i]);
    return faces;
  }
  const int parts = static_cast<int>(std::lround(refinement));
  for (std::size_t i = 0; i + 1 < given.size(); ++i) {
    for (int j = 0; j < parts; ++j) {
      faces.push_back(given[i] + (given[i + 1] - given[i]) * j / parts);
    }
  }
  faces.push_back(given.back());
  return faces;
}

Axis GridOptions::axis(const Parameters& parameters, std::size_t a, double refinement) const {
  const Borders ends = borders(parameters, a);
  const std::string spacing = spacing_of(a);
  const int n = std::max(1, static_cast<int>(std::lround(cells_[a] * refinement)));
  const double length = upper_[a] - lower_[a];
  if (spacing == "uniform") return {n, lower_[a], upper_[a], ends};
  if (spacing == "faces") {
    const auto& given = faces_[a];
    if (given.front() != lower_[a] || given.back() != upper_[a]) {
      throw parameters.blame(faces_key(a), fmt::format("must reach from grid.lower = {} to "
                                                       "grid.upper = {}",
                                                       lower_[a], upper_[a]));
    }
    return Axis::with_faces(refined_faces(parameters, a, refinement), ends);
  }
  const double stretch = entry(stretch_, a);
  const double centre = centre_.empty() ? 0.5 : (entry(centre_, a) - lower_[a]) / length;
  if (centre < 0 || centre > 1) throw parameters.blame("grid.centre", "must lie in the box");
  std::vector<double> faces(static_cast<std::size_t>(n) + 1);
  for (int i = 0; i <= n; ++i) {
    const double xi = static_cast<double>(i) / n;
    const double part = spacing == "sinh" ? stretched(stretch, centre, xi) : geometric(stretch, xi);
    faces[static_cast<std::size_t>(i)] = lower_[a] + length * part;
  }
  faces.front() = lower_[a];
  faces.back() = upper_[a];
  return Axis::with_faces(std::move(faces), ends);
}

Grid GridOptions::build(const Parameters& parameters, double refinement, int halo) const {
  validate(parameters);
  std::vector<Axis> axes;
  for (std::size_t a = 0; a < cells_.size(); ++a) axes.push_back(axis(parameters, a, refinement));
  try {
    return Grid{axes, std::max(halo, halo_)};
  } catch (const InputError& error) {
    throw parameters.blame("grid.cells", error.what());
  }
}

}  // namespace feller
