#include "problems/grid_options.hpp"

#include <fmt/format.h>

namespace feller {
namespace {

void require_length(const Parameters& parameters, const std::string& key, std::size_t length,
                    std::size_t axes) {
  if (length == axes) return;
  throw parameters.blame(key, fmt::format("has {} entries, but grid.cells has {}", length, axes));
}

}  // namespace

void GridOptions::declare(Parameters& p) {
  p.add("grid.cells", cells,
        {.meaning = "cells along x, y, z: their number is the dimension",
         .range = {.low = 1},
         .required = true});
  p.add("grid.lower", lower, {.meaning = "lower corner of the box", .unit = "L", .required = true});
  p.add("grid.upper", upper, {.meaning = "upper corner of the box", .unit = "L", .required = true});
  p.add("grid.boundary", boundary,
        {.meaning = "border of each axis, or one for all", .choices = {"reflecting", "periodic"}});
}

Grid GridOptions::build(const Parameters& parameters, int coarsening) const {
  const std::size_t n = cells.size();
  if (n < 1 || n > 3) throw parameters.blame("grid.cells", "must have 1, 2 or 3 entries");
  require_length(parameters, "grid.lower", lower.size(), n);
  require_length(parameters, "grid.upper", upper.size(), n);
  if (boundary.size() != 1) require_length(parameters, "grid.boundary", boundary.size(), n);
  std::vector<Axis> axes;
  for (std::size_t a = 0; a < n; ++a) {
    if (!(lower[a] < upper[a])) {
      throw parameters.blame(
          "grid.upper", fmt::format("must exceed grid.lower, but {} <= {}", upper[a], lower[a]));
    }
    const auto& border = boundary.size() == 1 ? boundary.front() : boundary[a];
    axes.push_back({std::max(1, cells[a] / coarsening), lower[a], upper[a],
                    border == "periodic" ? Boundary::periodic : Boundary::reflecting});
  }
  try {
    return Grid{axes};
  } catch (const InputError& error) {
    throw parameters.blame("grid.cells", error.what());
  }
}

}  // namespace feller
