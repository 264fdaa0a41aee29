/// What the models of osmosis are made of: masks, smoothing, edges, lines, quality, energy.

#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/noise.hpp"
#include "discretisation/smoothing.hpp"
#include "problems/osmosis/canny.hpp"
#include "problems/osmosis/drift.hpp"
#include "problems/osmosis/line_field.hpp"
#include "problems/osmosis/mask.hpp"
#include "problems/osmosis/shadow_drift.hpp"
#include "solvers/functionals.hpp"
#include "solvers/fusion.hpp"
#include "solvers/image_quality.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

Grid pixels(int width, int height) {
  return Grid{{{.cells = width, .lower = 0, .upper = double(width)},
               {.cells = height, .lower = 0, .upper = double(height)}}};
}

Field noise(const Grid& grid, std::uint32_t stream = 0) {
  return fill(grid, [&](const Index& k) {
    return standard_normal({.seed = 7, .stream = stream},
                           static_cast<std::uint64_t>(grid.natural(k)));
  });
}

/// Second moment about the middle, of what stands at one pixel and is smoothed.
double variance_of(double sigma) {
  const Grid grid = pixels(61, 41);
  const Field point = fill(grid, [](const Index& k) { return k[0] == 30 && k[1] == 20 ? 1 : 0; });
  const Field spread = smoothed(point, sigma);
  return total(fill(grid, [&](const Index& k) { return spread[k] * (k[0] - 30) * (k[0] - 30); }));
}

}  // namespace

TEST_CASE("smoothing keeps the mean and has the variance of its Gaussian", "[osmosis_pieces]") {
  for (const double sigma : {0.4, 1.0, 2.7}) {
    CHECK(variance_of(sigma) == Approx(sigma * sigma).epsilon(1e-6));
  }
  const Field u = noise(pixels(37, 22));
  CHECK(total(smoothed(u, 3)) == Approx(total(u)).epsilon(1e-12));
  CHECK(linf_distance(smoothed(u, 0), u) == 0);
  // What carries no weight does not count: a spot of nonsense leaves no trace.
  const Field weight = fill(u.grid(), [](const Index& k) { return k[0] < 5 ? 0 : 1; });
  const Field flat = fill(u.grid(), [](const Index& k) { return k[0] < 5 ? 1e9 : 3; });
  CHECK(linf_distance(smoothed(flat, weight, 2), Field{u.grid(), 3}) <= 1e-12);
}

TEST_CASE("masks grow to octagons, and edges are those of the complement", "[osmosis_pieces]") {
  const Grid grid = pixels(31, 27);
  const Field point = fill(grid, [](const Index& k) { return k[0] == 15 && k[1] == 13 ? 1 : 0; });
  CHECK(count(dilated(point, 1)) == 5);
  CHECK(count(dilated(point, 2)) == 21);
  const Field block = fill(grid, [](const Index& k) { return k[0] < 9 && k[1] > 20 ? 1 : 0; });
  CHECK(linf_distance(edge_of(block), edge_of(complement(block))) == 0);
  CHECK(count(edge_of(block)) == 9 + 9 + 6 + 6 - 1);
}

TEST_CASE("faces of a mask by each rule", "[osmosis_pieces]") {
  const Grid grid = pixels(9, 7);
  const Field mask = fill(grid, [](const Index& k) {
    return (k[0] == 4 && k[1] == 3) || (k[0] == 5 && k[1] == 3) ? 1 : 0;
  });
  const double all = 8 * 7 + 9 * 6;
  CHECK(fraction_of_faces(grid, {mask, FaceRule::either}) * all == Approx(7));
  CHECK(fraction_of_faces(grid, {mask, FaceRule::lower}) * all == Approx(4));
  CHECK(fraction_of_faces(grid, {mask, FaceRule::both}) * all == Approx(1));
}

TEST_CASE("Canny finds a step where it is, one pixel wide, and follows it when it fades",
          "[osmosis_pieces]") {
  const Grid grid = pixels(40, 30);
  // About pixel 20, it falls from 80 at the top to 20 at the bottom.
  const Field step = fill(grid, [](const Index& k) {
    const double height = 80 - 2.0 * k[1];
    return k[0] > 20 ? height : k[0] == 20 ? height / 2 : 0;
  });
  const Field edges = canny(step, {.sigma = 1, .low = 4, .high = 12});
  const Field strong = canny(step, {.sigma = 1, .low = 12, .high = 12});
  std::vector<double> in_row(30, 0);
  for_each(grid.owned(), [&](const Index& k) {
    if (edges[k] == 0) return;
    CHECK(k[0] == 20);
    in_row[static_cast<std::size_t>(k[1])] += 1;
  });
  MPI_Allreduce(MPI_IN_PLACE, in_row.data(), 30, MPI_DOUBLE, MPI_SUM, PETSC_COMM_WORLD);
  for (const double pixels_in_row : in_row) CHECK(pixels_in_row == 1);
  CHECK(count(strong) < 30);
  CHECK(count(canny(Field{grid, 5}, {})) == 0);
}

TEST_CASE("lines of a striped picture, also across what may not be used", "[osmosis_pieces]") {
  const Grid grid = pixels(64, 48);
  const double c = std::cos(0.4), s = std::sin(0.4);
  const Field stripes = fill(grid, [&](const Index& k) {
    const bool torn = k[0] > 28 && k[0] < 34;
    return torn ? 200.0 : 100 + 40 * std::sin(0.7 * (c * k[0] + s * k[1]));
  });
  const Field usable = fill(grid, [](const Index& k) { return k[0] > 28 && k[0] < 34 ? 0 : 1; });
  const LineField lines = line_field({stripes}, usable, 1, 4);
  double worst = 0, misled = 0;
  const LineField naive = line_field({stripes}, Field{grid, 1}, 1, 4);
  for_each(grid.owned(), [&](const Index& k) {
    if (k[0] < 6 || k[0] > 57 || k[1] < 6 || k[1] > 41) return;
    worst = std::max(worst, std::abs(lines.x[k] * c + lines.y[k] * s));
    misled = std::max(misled, std::abs(naive.x[k] * c + naive.y[k] * s));
  });
  CHECK(maximum(grid.comm(), worst) < 0.15);
  // Negative control: the tear itself is taken for a line.
  CHECK(maximum(grid.comm(), misled) > 0.3);
}

TEST_CASE("the profile of a shadow is found exactly where nothing else varies",
          "[osmosis_pieces]") {
  const Grid grid = pixels(40, 24);
  // Light that falls across a straight edge of four pixels, in any way.
  const auto light = [](int x) {
    const std::array<double, 4> within{0.95, 0.8, 0.7, 0.42};
    return x < 18 ? 1 : x > 21 ? 0.4 : within[static_cast<std::size_t>(x - 18)];
  };
  const Field mask = fill(grid, [](const Index& k) { return k[0] >= 18 && k[0] <= 21 ? 1 : 0; });
  const Field v = fill(grid, [&](const Index& k) { return 120 * light(k[0]); });
  const EdgeCoordinate coordinate{mask, {v}};
  const ShadowDrift drift = shadow_drift(coordinate, v);
  REQUIRE(drift.depth.size() == 1);
  CHECK(drift.depth[0] == Approx(-std::log(0.4)).epsilon(1e-6));
  double worst = 0;
  std::size_t n = 0;
  std::vector<Index> cells;
  for_each(grid.owned(), [&](const Index& k) { cells.push_back(k); });
  for (std::size_t family = 0; family < 2; ++family) {
    for (const auto& face : coordinate.faces(family)) {
      const Index k = cells[face.cell];
      const double wanted = family == 0 ? std::log(light(k[0] + 1) / light(k[0])) : 0;
      worst = std::max(worst, std::abs(drift.increments[n++] - wanted));
    }
  }
  // phi is settled to 1e-4 a pass; its error moves along the profile.
  CHECK(maximum(grid.comm(), worst) < 5e-3);

  // A line that ends within the picture separates nothing.
  const Field open = fill(grid, [](const Index& k) { return k[0] == 20 && k[1] < 10 ? 1 : 0; });
  const EdgeCoordinate none{open, {v}};
  CHECK(none.faces(0).empty());
  CHECK(shadow_drift(none, v).depth == std::vector<double>{0});
}

TEST_CASE("quality of pictures by its formulas", "[osmosis_pieces]") {
  const Grid grid = pixels(50, 40);
  const Field everywhere_one{grid, 1};
  Field u{grid, 100}, v{grid, 110};
  CHECK(psnr(u, v, everywhere_one) == Approx(10 * std::log10(255.0 * 255 / 100)));
  CHECK(std::isinf(psnr(u, u, everywhere_one)));
  CHECK(matching_factor(u, v, everywhere_one) == Approx(1.1));
  const Field rough = noise(grid);
  check(VecAXPY(u.vector(), 10, rough.vector()));
  CHECK(ssim(u, u, everywhere_one) == Approx(1));
  Field far{u};
  check(VecAXPY(far.vector(), 30, noise(grid, 1).vector()));
  CHECK(ssim(u, far, everywhere_one) < 0.5);
}

TEST_CASE("the energy of fusion: its derivatives, and that it falls", "[osmosis_pieces]") {
  const Grid grid = pixels(17, 12);
  const auto positive = [&](std::uint32_t stream) {
    return transformed(noise(grid, stream), [](double x) { return 60 + 10 * x; });
  };
  const Field f = positive(0), g = positive(1), u = positive(2), v = positive(3);
  const Field alpha = fill(grid, [](const Index& k) { return k[0] > 8 ? 0.7 : 0.1; });
  const FusionWeights weights{.tv = 0.3, .huber = 5, .guidance = 0.8, .foreground = 0.2};
  const FusionEnergy energy{f, g, alpha, weights};
  const Field direction = noise(grid, 4);
  const double h = 1e-4;
  const auto moved = [&](const Field& field, double step) {
    Field copy{field};
    check(VecAXPY(copy.vector(), step, direction.vector()));
    return copy;
  };
  const auto along = [&](const Field& gradient) {
    double product = 0;
    check(VecDot(gradient.vector(), direction.vector(), &product));
    return product;
  };
  const double by_u = (energy(moved(u, h), v) - energy(moved(u, -h), v)) / (2 * h);
  const double by_v = (energy(u, moved(v, h)) - energy(u, moved(v, -h))) / (2 * h);
  CHECK(along(energy.gradient_in_u(u, v)) == Approx(by_u).epsilon(1e-6));
  CHECK(along(energy.gradient_in_v(u, v)) == Approx(by_v).epsilon(1e-6));

  FusionSolver solver{f, g, alpha, weights, {.tolerance = 1e-12}};
  double before = solver.energy();
  for (int n = 0; n < 20; ++n) {
    const double after = solver.iterate();
    CHECK(after <= before * (1 + 1e-14));
    before = after;
  }
  // u is the minimum that belongs to v, and v nearly one of its own.
  const auto steepest = [](const Field& gradient) {
    double rest = 0;
    check(VecNorm(gradient.vector(), NORM_INFINITY, &rest));
    return rest;
  };
  CHECK(steepest(energy.gradient_in_u(solver.u(), solver.v())) < 1e-8);
  CHECK(steepest(energy.gradient_in_v(solver.u(), solver.v())) < 0.05);
}
