#include "problems/sampling.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace feller {
namespace {

/// Gauss-Legendre nodes on [-1/2, 1/2], and weights that sum to 1.
const std::array<double, 3> nodes{-std::sqrt(0.15), 0.0, std::sqrt(0.15)};
constexpr std::array<double, 3> weights{5.0 / 18, 8.0 / 18, 5.0 / 18};

double mean_over_cell(const Grid& grid, const Index& cell, const Function& f, Sign sign) {
  const Point centre = grid.centre(cell);
  Box points;
  for (int a = 0; a < grid.dimension(); ++a) points.count[static_cast<std::size_t>(a)] = 3;
  double mean = 0;
  for_each(points, [&](const Index& p) {
    Point point = centre;
    double weight = 1;
    for (int a = 0; a < grid.dimension(); ++a) {
      const auto axis = static_cast<std::size_t>(a);
      const auto i = static_cast<std::size_t>(p[axis]);
      point[axis] += nodes[i] * grid.axis(a).width(cell[axis]);
      weight *= weights[i];
    }
    mean += weight * require(grid, point, f(point), sign);
  });
  return mean;
}

Field sampled(const Grid& grid, const std::function<double(const Index&)>& value) {
  Field field{grid};
  agree_on(grid.comm(), [&] {
    auto out = field.values().begin();
    for_each(grid.owned(), [&](const Index& cell) { *out++ = value(cell); });
  });
  return field;
}

}  // namespace

double require(const Grid& grid, const Point& point, double value, Sign sign) {
  const char* allowed = nullptr;
  if (!std::isfinite(value))
    allowed = "must be finite";
  else if (sign == Sign::positive && !(value > 0))
    allowed = "must be > 0";
  else if (sign == Sign::not_negative && value < 0)
    allowed = "must be >= 0";
  if (allowed == nullptr) return value;
  const std::string found = std::isnan(value) ? "nan" : fmt::format("{:.6g}", value);
  throw InputError(fmt::format("is {} at {}, {}", found, grid.describe(point), allowed));
}

Field cell_means(const Grid& grid, const Function& f, Sign sign) {
  return sampled(grid, [&](const Index& cell) { return mean_over_cell(grid, cell, f, sign); });
}

Field at_centres(const Grid& grid, const Function& f, Sign sign) {
  return sampled(grid, [&](const Index& cell) {
    const Point point = grid.centre(cell);
    return require(grid, point, f(point), sign);
  });
}

}  // namespace feller
