#include "discretisation/smoothing.hpp"

#include <cmath>

namespace feller {
namespace {

/// One pass of (a, 1 - 2a, a) along an axis; what would leave stays.
void pass(Field& field, int axis, double a) {
  const Grid& grid = field.grid();
  const Ghosted before{field};
  Index up{0, 0, 0}, down{0, 0, 0};
  up[static_cast<std::size_t>(axis)] = 1;
  down[static_cast<std::size_t>(axis)] = -1;
  auto value = field.values().begin();
  for_each(grid.owned(), [&](const Index& k) {
    const auto neighbour = [&](const Index& step) {
      const Index l{k[0] + step[0], k[1] + step[1], k[2] + step[2]};
      return grid.inside(l) ? before[l] : before[k];
    };
    *value++ = before[k] + a * ((neighbour(up) - before[k]) + (neighbour(down) - before[k]));
  });
}

}  // namespace

Field smoothed(const Field& field, double sigma) {
  Field result{field};
  const int passes = static_cast<int>(std::ceil(2 * sigma * sigma));
  for (int n = 0; n < passes; ++n) {
    for (int axis = 0; axis < field.grid().dimension(); ++axis) {
      pass(result, axis, sigma * sigma / (2 * passes));
    }
  }
  return result;
}

Field smoothed(const Field& field, const Field& weight, double sigma) {
  Field product{field};
  check(VecPointwiseMult(product.vector(), field.vector(), weight.vector()));
  product = smoothed(product, sigma);
  const Field near = smoothed(weight, sigma);
  auto value = product.values().begin();
  for (const double w : near.values()) {
    *value = w > 0 ? *value / w : 0;
    ++value;
  }
  return product;
}

}  // namespace feller
