#include "problems/osmosis/mask.hpp"

#include <algorithm>

namespace feller {
namespace {

/// Whether one of the neighbours of k (4, or 8) satisfies `matches`.
template <class Matches>
bool any_neighbour(const Grid& grid, const Index& k, bool corners, Matches&& matches) {
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      const bool is_corner = dx != 0 && dy != 0;
      if ((dx == 0 && dy == 0) || (is_corner && !corners)) continue;
      const Index l{k[0] + dx, k[1] + dy, k[2]};
      if (grid.inside(l) && matches(l)) return true;
    }
  }
  return false;
}

}  // namespace

Field above(const Field& level, double threshold) {
  return transformed(level, [threshold](double x) { return x > threshold ? 1 : 0; });
}

Field dilated(const Field& set, int width) {
  Field result{set};
  for (int n = 0; n < width; ++n) {
    const Ghosted before{result};
    result = fill(set.grid(), [&](const Index& k) -> double {
      if (before[k] == 1) return 1;
      const auto is_in = [&](const Index& l) { return before[l] == 1; };
      return any_neighbour(set.grid(), k, n % 2 == 1, is_in) ? 1 : 0;
    });
  }
  return result;
}

Field edge_of(const Field& set) {
  const Ghosted in{set};
  return fill(set.grid(), [&](const Index& k) -> double {
    const auto differs = [&](const Index& l) { return in[l] != in[k]; };
    return any_neighbour(set.grid(), k, false, differs) ? 1 : 0;
  });
}

Field complement(const Field& set) {
  return transformed(set, [](double x) { return 1 - x; });
}

Field united(const Field& one, const Field& other) {
  Field result{one};
  check(VecPointwiseMax(result.vector(), one.vector(), other.vector()));
  return result;
}

double count(const Field& set) {
  return total(set);
}

}  // namespace feller
