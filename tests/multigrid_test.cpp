#include "solvers/multigrid.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/noise.hpp"
#include "solvers/multigrid_solver.hpp"
#include "solvers/steady_scale.hpp"
#include "solvers/steady_state.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;
using Direction = MultigridSolver::Direction;

namespace {

double random(const Grid& grid, const Index& cell, unsigned stream) {
  return standard_normal({.seed = 17, .stream = stream},
                         static_cast<std::uint64_t>(grid.natural(cell)));
}

Grid pixels(int nx, int ny) {
  return Grid{{{nx, 0, double(nx)}, {ny, 0, double(ny)}}};
}

/// From 1 to some 300, rough and with jumps.
Field image(const Grid& grid) {
  return fill(grid, [&](const Index& k) {
    const double edge = (k[0] / 9 + k[1] / 7) % 2 == 0 ? 40 : 1;
    return edge * std::exp(0.7 * random(grid, k, 1)) + 1;
  });
}

/// Drift of the image but on a ring, where there is none: no detailed balance.
bool in_ring(const Grid& grid, const Index& k) {
  const double nx = grid.axis(0).cells, ny = grid.axis(1).cells;
  const double r = std::hypot((k[0] - 0.45 * nx) / (0.3 * nx), (k[1] - 0.5 * ny) / (0.3 * ny));
  return std::abs(r - 1) < 0.12;
}

Generator osmosis(const Grid& grid, bool with_ring, const std::vector<Index>& steps) {
  const Field v = image(grid);
  const Ghosted guide{v};
  JumpRates rates{grid, steps};
  set_crossings(rates, [&](const Index& k, const Index& l, int) -> Crossing {
    if (with_ring && (in_ring(grid, k) || in_ring(grid, l))) return {1, 1};
    const double sum = guide[k] + guide[l];
    return {2 * guide[l] / sum, 2 * guide[k] / sum};
  });
  if (with_ring) return Generator{std::move(rates)};
  return Generator{std::move(rates), transformed(v, [](double x) { return std::log(x); })};
}

const std::vector<Index> axes{{1, 0, 0}, {0, 1, 0}};
const std::vector<Index> diagonals{{1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {-1, 1, 0}};

Field weight(const Generator& generator) {
  return transformed(generator.log_weight(), [](double log) { return std::exp(log); });
}

double dot(const Field& a, const Field& b) {
  double product = 0;
  check(VecDot(a.vector(), b.vector(), &product));
  return product;
}

double distance(Field a, const Field& b) {
  double norm = 0;
  check(VecAXPY(a.vector(), -1, b.vector()));
  check(VecNorm(a.vector(), NORM_1, &norm));
  return norm;
}

Field noise(const Grid& grid, unsigned stream) {
  return fill(grid, [&](const Index& k) { return random(grid, k, stream); });
}

/// Iterations of one step from a start that is far from the steady state.
int iterations(const Generator& generator, double tau, const Field& scale) {
  const MultigridSolver solver{
      generator, tau, scale, generator.reversible(), Direction::forward, {.tolerance = 1e-8}};
  const Field b = fill(generator.grid(),
                       [&](const Index& k) { return 100 + 30 * random(generator.grid(), k, 5); });
  Field w{generator.grid()};
  check(KSPSolve(solver.krylov(), b.vector(), w.vector()));
  PetscInt count = 0;
  check(KSPGetIterationNumber(solver.krylov(), &count));
  return static_cast<int>(count);
}

}  // namespace

TEST_CASE("multigrid: its matrix is that of the step, and of its transpose", "[multigrid]") {
  const Grid grid = pixels(37, 29);
  constexpr double tau = 3;
  for (const bool with_ring : {false, true}) {
    for (const auto& steps : {axes, diagonals}) {
      const Generator generator = osmosis(grid, with_ring, steps);
      REQUIRE(Multigrid::suits(generator.rates()));
      const Field scale = image(grid), x = noise(grid, 2);
      Multigrid forward{generator, tau, scale}, backward{generator, tau, scale, true};
      Field image{grid}, scaled{x}, expected{grid};
      check(VecPointwiseMult(scaled.vector(), x.vector(), scale.vector()));
      expected = scaled;
      check(VecAXPY(expected.vector(), -tau, generator.apply(scaled).vector()));
      forward.multiply(x.vector(), image.vector());
      CHECK(distance(image, expected) <= 1e-14 * 40 * tau * total(scale));
      expected = x;
      check(VecAXPY(expected.vector(), -tau, generator.apply_backward(x).vector()));
      check(VecPointwiseMult(expected.vector(), expected.vector(), scale.vector()));
      backward.multiply(x.vector(), image.vector());
      CHECK(distance(image, expected) <= 1e-14 * 40 * tau * total(scale));
    }
  }
}

TEST_CASE("multigrid: coarse matrices keep constants and sums", "[multigrid]") {
  // Interpolated constants are constant and restriction is the transpose, so 1' M 1 stays.
  const Grid grid = pixels(45, 38);
  const Generator generator = osmosis(grid, true, axes);
  const Field scale = image(grid);
  constexpr double tau = 1e4;
  const Multigrid multigrid{generator, tau, scale};
  const auto whole = multigrid.sums();
  REQUIRE(whole.size() >= 2);
  for (const double sum : whole) CHECK(sum == Approx(total(scale)).epsilon(1e-9));
}

TEST_CASE("multigrid: the cycle is symmetric where the matrix is", "[multigrid]") {
  const Grid grid = pixels(41, 33);
  const Field r = noise(grid, 3), s = noise(grid, 4);
  const auto asymmetry = [&](const Generator& generator, const Field& scale) {
    Multigrid multigrid{generator, 1e3, scale};
    Field br{grid}, bs{grid};
    multigrid.apply(r.vector(), br.vector());
    multigrid.apply(s.vector(), bs.vector());
    return std::abs(dot(r, bs) - dot(s, br)) / std::sqrt(dot(r, r) * dot(bs, bs));
  };
  for (const auto& steps : {axes, diagonals}) {
    const Generator balanced = osmosis(grid, false, steps);
    CHECK(asymmetry(balanced, weight(balanced)) <= 1e-12);
    // Control: without detailed balance it is not.
    CHECK(asymmetry(osmosis(grid, true, steps), image(grid)) > 1e-6);
  }
}

TEST_CASE("multigrid: iterations do not grow with grid and step", "[multigrid]") {
  for (const auto& steps : {axes, diagonals}) {
    std::vector<int> counts;
    for (const int n : {64, 128, 256}) {
      const Generator generator = osmosis(pixels(n, n - 5), false, steps);
      for (const double tau : {1.0, 1e3, 1e6}) {
        counts.push_back(iterations(generator, tau, weight(generator)));
      }
    }
    CAPTURE(counts);
    CHECK(*std::ranges::max_element(counts) <= 16);
    CHECK(counts[8] <= 1.5 * counts[2]);
  }
  // Without detailed balance: in the variable over a near-null vector. Control: over 1.
  const Grid grid = pixels(128, 123);
  const Generator masked = osmosis(grid, true, axes);
  const Field one{grid, 1}, null = near_null_vector(masked);
  const int good = iterations(masked, 1e6, null), bad = iterations(masked, 1e6, one);
  INFO(good << " and " << bad << " iterations");
  CHECK(good <= 10);
  CHECK(bad >= 3 * good);
}

TEST_CASE("multigrid: steps forward and backward are those of the factors", "[multigrid]") {
  const Grid grid = pixels(50, 43);
  const SolverOptions tight{.method = "multigrid", .tolerance = 1e-12};
  const SolverOptions direct{.method = "direct"};
  for (const bool with_ring : {false, true}) {
    const Generator generator = osmosis(grid, with_ring, axes);
    const Field b = image(grid), g = noise(grid, 6);
    for (const double tau : {0.1, 10.0, 1e4}) {
      LinearSolver ours{generator, tau, tight}, factors{generator, tau, direct};
      Field x{grid}, y{grid};
      const SolveReport report = ours.solve(b, x);
      factors.solve(b, y);
      INFO("ring " << with_ring << ", tau " << tau << ", " << report.iterations << " iterations");
      CHECK(distance(x, y) <= 1e-10 * total(b));
      CHECK(report.residual <= 1e-10);
      Field h{grid}, k{grid};
      ours.solve_transposed(g, h);
      factors.solve_transposed(g, k);
      // Expectations: the largest difference over the range of the weights.
      CHECK(distance(h, k) <= 1e-8 * static_cast<double>(grid.cells()));
      CHECK(dot(g, x) == Approx(dot(h, b)).epsilon(1e-8).margin(1e-8 * total(b)));
    }
  }
}

TEST_CASE("multigrid: absorbing borders, lines and what it is not for", "[multigrid]") {
  const std::string equation =
      "[problem]\nkind = fokker_planck\npotential = x^2 + 0.5*y^2\ninitial = exp(-x^2-y^2)\n";
  const std::string box = "lower = -2, -2\nupper = 2, 2\n";
  for (const std::string boundary : {"absorbing", "reflecting"}) {
    const BuiltProblem problem{equation + "[grid]\ncells = 40, 31\nboundary = " + boundary + "\n" +
                               box};
    const Generator generator = problem->generator(0);
    const Field b = masses_of(problem->initial(0));
    Field x{b}, y{b};
    LinearSolver{generator, 0.3, {.method = "multigrid", .tolerance = 1e-12}}.solve(b, x);
    LinearSolver{generator, 0.3, {.method = "direct"}}.solve(b, y);
    CHECK(distance(x, y) <= 1e-10);
  }
  const BuiltProblem ring{equation + "[grid]\ncells = 40, 31\nboundary = periodic, reflecting\n" +
                          box};
  const BuiltProblem line{
      "[problem]\nkind = fokker_planck\npotential = x^2\ninitial = 1\n"
      "[grid]\ncells = 50\nlower = -1\nupper = 1\n"};
  for (const auto* problem : {&ring, &line}) {
    const Generator generator = (*problem)->generator(0);
    CHECK_FALSE(Multigrid::suits(generator.rates()));
    CHECK_THROWS_WITH((LinearSolver{generator, 1, {.method = "multigrid"}}),
                      Catch::Contains("multigrid is for two axes"));
  }
}
