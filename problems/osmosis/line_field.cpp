#include "problems/osmosis/line_field.hpp"

#include <cmath>
#include <numbers>

#include "discretisation/smoothing.hpp"
#include "problems/osmosis/canny.hpp"
#include "problems/osmosis/mask.hpp"

namespace feller {
namespace {

Field product(const Field& a, const Field& b) {
  Field both{a};
  check(VecPointwiseMult(both.vector(), a.vector(), b.vector()));
  return both;
}

}  // namespace

LineField line_field(const std::vector<Field>& channels, const Field& usable, double sigma,
                     double rho) {
  const Grid& grid = usable.grid();
  std::vector<Field> xx, xy, yy;
  for (const auto& channel : channels) {
    const auto [x, y] = gradient(smoothed(channel, usable, sigma));
    xx.push_back(product(x, x));
    xy.push_back(product(x, y));
    yy.push_back(product(y, y));
  }
  // A central difference reaches one pixel further than what may be used.
  const Field sound = complement(dilated(complement(usable), 1));
  const std::array<Field, 3> j{smoothed(sum_of(xx), sound, rho), smoothed(sum_of(xy), sound, rho),
                               smoothed(sum_of(yy), sound, rho)};
  LineField lines{Field{grid}, Field{grid}};
  const auto x = lines.x.values(), y = lines.y.values();
  const auto a = j[0].values(), b = j[1].values(), c = j[2].values();
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!(a[i] + c[i] > 0)) continue;
    const double across = std::atan2(2 * b[i], a[i] - c[i]) / 2;
    x[i] = -std::sin(across);
    y[i] = std::cos(across);
  }
  return lines;
}

LineField straight_lines(const Grid& grid, double angle) {
  const double radians = angle * std::numbers::pi / 180;
  return {Field{grid, std::cos(radians)}, Field{grid, std::sin(radians)}};
}

Tensor diffusion_along(double x, double y, double b1, double b2) {
  if (x == 0 && y == 0) return {{{b1 * b2, 0, 0}, {0, b1 * b2, 0}, {0, 0, 0}}};
  const double along = b1 * b1, across = b2 * b2;
  const double mixed = (along - across) * x * y;
  return {{{along * x * x + across * y * y, mixed, 0},
           {mixed, along * y * y + across * x * x, 0},
           {0, 0, 0}}};
}

}  // namespace feller
