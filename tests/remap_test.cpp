// From the bins of a histogram to the cells of a grid: exactly, and without loss.

#include "problems/remap.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "tests/support.hpp"

namespace {

using namespace feller;
using Numbers = std::vector<double>;
constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// Bins of several sizes along each axis, edges at multiples of 1/4, masses that tell them apart.
Histogram uneven(int dimension) {
  const std::vector<Numbers> edges{{-1, -0.5, 0.25, 0.5, 1.5, 2}, {0, 1, 1.25, 2}, {-1, -0.75, 1}};
  Histogram histogram{{edges.begin(), edges.begin() + dimension}, {}};
  std::size_t bins = 1;
  for (std::size_t a = 0; a < histogram.edges.size(); ++a) bins *= histogram.bins(a);
  for (std::size_t b = 0; b < bins; ++b) {
    histogram.mass.push_back(static_cast<double>((7 * b + 3) % 11));
  }
  return histogram;
}

/// The density at a point, bin by bin.
double density_at(const Histogram& histogram, const Point& point) {
  std::size_t bin = 0, stride = 1;
  double size = 1;
  for (std::size_t a = 0; a < histogram.edges.size(); ++a) {
    const auto& edges = histogram.edges[a];
    if (point[a] < edges.front() || point[a] >= edges.back()) return 0;
    const auto i =
        static_cast<std::size_t>(std::ranges::upper_bound(edges, point[a]) - edges.begin() - 1);
    size *= edges[i + 1] - edges[i];
    bin += stride * i;
    stride *= histogram.bins(a);
  }
  return histogram.mass[bin] / size;
}

double integral(const Field& density, const Histogram& histogram) {
  long double total = 0;
  for (const double value : density.values()) total += value;
  const double mass = std::accumulate(histogram.mass.begin(), histogram.mass.end(), 0.0);
  return static_cast<double>(sum(MPI_COMM_WORLD, total)) * density.grid().volume({0, 0, 0}) / mass;
}

/// What a remapping must not do: the density at the cell's centre.
Field point_sampled(const Histogram& histogram, const Grid& grid) {
  return fill(grid, [&](const Index& cell) { return density_at(histogram, grid.centre(cell)); });
}

/// A box around all bins, shifted against them by a part of a cell that is no binary fraction.
Grid shifted(int dimension, double shift) {
  std::vector<Axis> axes{{23, -1.3, 2.3}, {17, -0.2, 2.2}, {11, -1.1, 1.1}};
  axes.resize(static_cast<std::size_t>(dimension));
  for (auto& axis : axes) {
    const double step = shift * axis.width(0);
    axis.lower += step;
    axis.upper += step;
  }
  return Grid{axes};
}

}  // namespace

TEST_CASE("histogram: cells by hand", "[histogram]") {
  const Histogram histogram{{{0, 1, 3}}, {2, 6}};  // density 2, then 3
  const auto [density, outside] = remap(histogram, Grid{{{4, -0.5, 3.5}}});
  CHECK(test::everywhere(density) == Numbers{1, 2.5, 3, 1.5});
  CHECK(outside == 0);
  const auto part = remap(histogram, Grid{{{4, 0.5, 2.5}}});
  CHECK(test::everywhere(part.density) == Numbers{2, 3, 3, 3});
  CHECK(part.outside == Approx((1 + 1.5) / 8).epsilon(epsilon));
  CHECK(remap(histogram, Grid{{{4, 5, 6}}}).outside == 1);
  CHECK(remap(Histogram{{{0, 1, 2}}, {1, 1e-30}}, Grid{{{4, 0, 1}}}).outside ==
        Approx(1e-30).epsilon(epsilon));
  CHECK_THROWS_WITH(remap(histogram, Grid{{{4, 0, 1}, {4, 0, 1}}}),
                    "the histogram has 1 dimension(s), the grid has 2");
}

TEST_CASE("histogram: a piecewise constant density is remapped exactly", "[histogram]") {
  const int dimension = GENERATE(1, 2, 3);
  const auto histogram = uneven(dimension);
  // All edges and faces are multiples of 1/8, so points in the middle of boxes of 1/8 see it all.
  const int parts = GENERATE(1, 2, 3);
  std::vector<Axis> axes{{32, -1.125, 0}, {24, -0.25, 0}, {20, -1.125, 0}};
  axes.resize(static_cast<std::size_t>(dimension));
  for (auto& axis : axes) {
    axis.cells /= parts;
    axis.upper = axis.lower + 0.125 * parts * axis.cells;
  }
  const Grid grid{axes};
  const Field expected = fill(grid, [&](const Index& cell) {
    Box points;
    for (int a = 0; a < dimension; ++a) points.count[static_cast<std::size_t>(a)] = parts;
    double total = 0;
    for_each(points, [&](const Index& p) {
      Point point{0, 0, 0};
      for (int a = 0; a < dimension; ++a) {
        const auto axis = static_cast<std::size_t>(a);
        point[axis] = grid.axis(a).face(cell[axis]) + 0.125 * (p[axis] + 0.5);
      }
      total += density_at(histogram, point);
    });
    return total / static_cast<double>(points.size());
  });
  // A share is a difference of numbers up to 1, each to epsilon; times mass / volume of the cell,
  // for each of the at most 4 bins that a cell reaches along an axis.
  const double largest = *std::ranges::max_element(histogram.mass) / grid.volume({0, 0, 0});
  CHECK(test::largest_difference(test::everywhere(remap(histogram, grid).density),
                                 test::everywhere(expected)) <
        2 * dimension * epsilon * largest * std::pow(4, dimension));
}

TEST_CASE("histogram: remapping keeps the mass, sampling at points does not", "[histogram]") {
  const int dimension = GENERATE(1, 2, 3);
  const double shift = GENERATE(0, 1 / 7.0, 0.3, -0.41);
  const auto histogram = uneven(dimension);
  const Grid grid = shifted(dimension, shift);
  const auto [density, outside] = remap(histogram, grid);
  // Shares: epsilon for each of the at most 10 cells that a bin reaches along an axis. Sums:
  // epsilon for each of the at most 2 bins that a cell reaches along an axis, and the volumes.
  const double bound = (10 * dimension + std::pow(2, dimension) + 4) * epsilon;
  CHECK(std::abs(integral(density, histogram) - 1) < bound);
  CHECK(outside == 0);
  CHECK(minimum(MPI_COMM_WORLD, *std::ranges::min_element(density.values())) >= 0);
  CHECK_FALSE(std::abs(integral(point_sampled(histogram, grid), histogram) - 1) < bound);
}

TEST_CASE("histogram: inside and outside add up on a grid that cuts the bins", "[histogram]") {
  const int dimension = GENERATE(1, 2, 3);
  const auto histogram = uneven(dimension);
  std::vector<Axis> axes{{13, -0.7, 1.1}, {9, 0.1, 1.9}, {7, -0.9, 0.3}};
  axes.resize(static_cast<std::size_t>(dimension));
  const auto [density, outside] = remap(histogram, Grid{axes});
  CHECK(outside > 0.1);
  CHECK(std::abs(integral(density, histogram) + outside - 1) <
        (10 * dimension + std::pow(2, dimension) + 4) * epsilon);
}
