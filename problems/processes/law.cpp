#include "problems/processes/law.hpp"

#include <algorithm>

namespace feller {

Region region_of(const Grid& grid) {
  Region box;
  for (std::size_t a = 0; a < grid.axes().size(); ++a) {
    box.lower[a] = grid.axes()[a].lower;
    box.upper[a] = grid.axes()[a].upper;
  }
  return box;
}

double Law::score(int axis, const Point& x) const {
  const auto a = static_cast<std::size_t>(axis);
  // The error h^2/6 of the difference against the round-off of ln p over h.
  const double h =
      std::cbrt(std::numeric_limits<double>::epsilon()) * std::max(1.0, std::abs(x[a]));
  Point right = x, left = x;
  right[a] += h;
  left[a] -= h;
  return (log_density(right) - log_density(left)) / (right[a] - left[a]);
}

}  // namespace feller
