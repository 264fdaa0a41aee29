#include "solvers/steady_state.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/noise.hpp"
#include "discretisation/regions.hpp"
#include "solvers/multigrid.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const SolverOptions multigrid{.method = "multigrid"};
const SolverOptions direct{.method = "direct"};

Grid pixels(int nx, int ny) {
  return Grid{{{nx, 0, double(nx)}, {ny, 0, double(ny)}}};
}

double random(const Grid& grid, const Index& cell, unsigned stream) {
  return standard_normal({.seed = 23, .stream = stream},
                         static_cast<std::uint64_t>(grid.natural(cell)));
}

/// From 1 to 256 with noise, and black areas.
Field image(const Grid& grid) {
  return fill(grid, [&](const Index& k) {
    const double x = double(k[0]) / grid.axis(0).cells, y = double(k[1]) / grid.axis(1).cells;
    if (std::hypot(x - 0.8, y - 0.3) < 0.15) return 1.0;
    const double smooth = 120 + 100 * std::sin(9 * x + 3 * y) * std::cos(7 * y);
    return std::clamp(smooth + 25 * random(grid, k, 1), 0.0, 255.0) + 1;
  });
}

/// Another start of the same mass.
Field other_start(const Grid& grid, double mass_wanted) {
  Field start = fill(grid, [&](const Index& k) {
    return std::exp(random(grid, k, 2)) * (k[0] < grid.axis(0).cells / 3 ? 10 : 1);
  });
  check(VecScale(start.vector(), mass_wanted / total(start)));
  return start;
}

Crossing canonical(const Ghosted& v, const Index& k, const Index& l) {
  const double sum = v[k] + v[l];
  return {2 * v[l] / sum, 2 * v[k] / sum};
}

bool on_ring(const Grid& grid, const Index& k) {
  const double nx = grid.axis(0).cells, ny = grid.axis(1).cells;
  const double r = std::hypot((k[0] - 0.4 * nx) / (0.25 * nx), (k[1] - 0.5 * ny) / (0.3 * ny));
  return std::abs(r - 1) < 2.5 / (0.25 * nx);
}

/// Osmosis with a shadow's edge on a ring: no drift on faces that touch it.
Generator masked(const Field& v) {
  const Grid& grid = v.grid();
  const Ghosted guide{v};
  JumpRates rates{grid};
  set_crossings(rates, [&](const Index& k, const Index& l, int) -> Crossing {
    return on_ring(grid, k) || on_ring(grid, l) ? Crossing{1, 1} : canonical(guide, k, l);
  });
  return Generator{std::move(rates)};
}

double largest(const Field& u) {
  double size = 0;
  check(VecNorm(u.vector(), NORM_INFINITY, &size));
  return size;
}

double difference(Field a, const Field& b) {
  check(VecAXPY(a.vector(), -1, b.vector()));
  return largest(a) / largest(b);
}

double defect(const Generator& generator, const Field& u) {
  Field change = generator.apply(u);
  check(VecAXPY(change.vector(), 1, generator.source().vector()));
  return largest(change) / largest(u);
}

void check_steady(const Generator& generator, const NullVector& found, const Field& start) {
  CHECK(defect(generator, found.state.density) <= 1e-12);
  CHECK(found.state.how.find("multigrid") != std::string::npos);
  REQUIRE_FALSE(found.history.empty());
  CHECK(found.history.back().residual ==
        Approx(defect(generator, found.state.density)).epsilon(0.1).margin(1e-15));
  if (generator.conserves_mass()) {
    CHECK(std::abs(total(found.state.density) / total(start) - 1) <= 1e-12);
  }
}

/// Islands of a board: regions by blocks of 20 x 15 cells, with gaps of isolated cells between.
int block_of(const Index& k) {
  if (k[0] % 20 < 2 || k[1] % 15 < 1) return -1;
  return k[0] / 20 + 100 * (k[1] / 15);
}

Generator islands(const Field& v) {
  const Grid& grid = v.grid();
  const Ghosted guide{v};
  JumpRates rates{grid};
  set_crossings(rates, [&](const Index& k, const Index& l, int) -> Crossing {
    if (block_of(k) < 0 || block_of(k) != block_of(l)) return {};
    return on_ring(grid, k) || on_ring(grid, l) ? Crossing{1, 1} : canonical(guide, k, l);
  });
  return Generator{std::move(rates)};
}

/// A disc in which the drift is that of v, with given values around it: what lies outside is
/// isolated, and mass enters and leaves through the disc's border. The balance is v if the values
/// are v's.
bool in_disc(const Grid& grid, const Index& k) {
  return std::hypot(k[0] - 0.5 * grid.axis(0).cells, k[1] - 0.45 * grid.axis(1).cells) <
         0.3 * grid.axis(1).cells;
}

Generator cloned(const Field& v, const Field& around) {
  const Grid& grid = v.grid();
  const Ghosted guide{v}, given{around};
  JumpRates rates{grid};
  set_crossings(rates, [&](const Index& k, const Index& l, int) -> Crossing {
    return in_disc(grid, k) && in_disc(grid, l) ? canonical(guide, k, l) : Crossing{};
  });
  const Box& owned = grid.owned();
  auto killing = rates.killing().values(), source = rates.source().values();
  for_each(owned, [&](const Index& k) {
    if (!in_disc(grid, k)) return;
    for (const Index& step : {Index{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}}) {
      const Index l = k + step;
      if (!grid.inside(l) || in_disc(grid, l)) continue;
      const Crossing c = canonical(guide, k, l);
      killing[static_cast<std::size_t>(owned.offset(k))] += c.forth;
      source[static_cast<std::size_t>(owned.offset(k))] += c.back * given[l];
    }
  });
  return Generator{std::move(rates)};
}

}  // namespace

TEST_CASE("steady state: a masked image by multigrid and by factors", "[steady_state]") {
  for (const auto& [nx, ny] : {std::pair{96, 80}, {61, 150}, {350, 6}}) {
    INFO(nx << " x " << ny);
    const Grid grid = pixels(nx, ny);
    const Field v = image(grid);
    const Generator generator = masked(v);
    const Field other = other_start(grid, total(v));
    const auto found = null_vector(generator, v, multigrid);
    const auto again = null_vector(generator, other, multigrid);
    const auto factors = null_vector(generator, v, direct);
    check_steady(generator, found, v);
    check_steady(generator, again, v);
    CHECK(difference(found.state.density, again.state.density) <= 1e-8);
    CHECK(difference(found.state.density, factors.state.density) <= 1e-9);
    int iterations = 0;
    for (const auto& solve : found.history) iterations += solve.iterations;
    CHECK(iterations <= 30);
    // Control: the image itself is far from steady, or nothing would have been shown.
    CHECK(defect(generator, v) > 1e-3);
    CHECK(difference(v, found.state.density) > 1e-2);
  }
}

TEST_CASE("steady state: long thin planes", "[steady_state]") {
  if (size_of(PETSC_COMM_WORLD) > 1) return;  // planes this thin are too thin to share
  for (const auto& [nx, ny] : {std::pair{700, 5}, {3, 400}, {900, 2}}) {
    INFO(nx << " x " << ny);
    const Grid grid = pixels(nx, ny);
    const Field v = image(grid);
    const Generator generator = masked(v);
    const auto found = null_vector(generator, v, multigrid);
    check_steady(generator, found, v);
    CHECK(difference(found.state.density, null_vector(generator, v, direct).state.density) <= 1e-8);
  }
}

TEST_CASE("steady state: in detailed balance it is the weight", "[steady_state]") {
  const Grid grid = pixels(120, 90);
  const Field v = image(grid);
  JumpRates rates{grid};
  const Ghosted guide{v};
  set_crossings(rates, [&](const Index& k, const Index& l, int) { return canonical(guide, k, l); });
  const Field log_v = transformed(v, [](double x) { return std::log(x); });
  for (const bool known : {true, false}) {
    const Generator generator{rates, known ? std::optional{log_v} : std::nullopt};
    const auto found = null_vector(generator, other_start(grid, total(v)), multigrid);
    check_steady(generator, found, v);
    CHECK(difference(found.state.density, v) <= 1e-9);
  }
}

TEST_CASE("steady state: each region keeps its mass, lone cells their value", "[steady_state]") {
  const Grid grid = pixels(130, 100);
  const Field v = image(grid);
  const Generator generator = islands(v);
  const Regions regions = regions_of(generator.rates());
  CHECK(regions.list.size() == 49);
  CHECK(regions.single_cells > 1000);
  const auto found = null_vector(generator, v, multigrid);
  check_steady(generator, found, v);
  std::vector<double> before(regions.list.size()), after(before);
  const auto label = everywhere(regions.label), old = everywhere(v),
             now = everywhere(found.state.density);
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] == Regions::alone) {
      CHECK(now[i] == old[i]);
    } else {
      before[static_cast<std::size_t>(label[i])] += old[i];
      after[static_cast<std::size_t>(label[i])] += now[i];
    }
  }
  for (std::size_t n = 0; n < before.size(); ++n) {
    CHECK(after[n] == Approx(before[n]).epsilon(1e-12));
  }
  const auto factors = null_vector(generator, v, direct);
  CHECK(difference(found.state.density, factors.state.density) <= 1e-9);
}

TEST_CASE("steady state: given values around a region", "[steady_state]") {
  const Grid grid = pixels(110, 95);
  const Field v = image(grid);
  const Field around = fill(grid, [&](const Index& k) { return 40 + 0.7 * k[0] + 0.3 * k[1]; });
  const Generator balanced = cloned(v, v), generator = cloned(v, around);
  REQUIRE(regions_of(generator.rates()).list.size() == 1);
  CHECK(regions_of(generator.rates()).list[0].open);
  const auto exact = null_vector(balanced, other_start(grid, total(v)), multigrid);
  check_steady(balanced, exact, v);
  const auto values = everywhere(exact.state.density), guide = everywhere(v);
  const auto found = null_vector(generator, around, multigrid);
  check_steady(generator, found, around);
  CHECK(difference(found.state.density, null_vector(generator, around, direct).state.density) <=
        1e-9);
  const auto given = everywhere(around), now = everywhere(found.state.density);
  std::size_t i = 0;
  for_each(grid.whole(), [&](const Index& k) {
    if (in_disc(grid, k)) {
      CHECK(values[i] == Approx(guide[i]).epsilon(1e-9));
    } else {
      CHECK(now[i] == given[i]);
    }
    ++i;
  });
  const Field supplied = supplied_masses(generator, multigrid);
  CHECK(defect(generator, supplied) <= 1e-12);
  CHECK(difference(supplied, supplied_masses(generator, direct)) <= 1e-9);
}

TEST_CASE("steady state: where there is none, or multigrid cannot", "[steady_state]") {
  const Grid grid = pixels(40, 30);
  const Field v = image(grid);
  JumpRates fed = masked(v).rates();
  check(VecSet(fed.source().vector(), 1));
  CHECK_THROWS_WITH(null_vector(Generator{fed}, v, multigrid), Catch::Contains("cannot leave"));
  CHECK_THROWS_WITH(null_vector(Generator{fed}, v, direct), Catch::Contains("cannot leave"));

  JumpRates dead_end = masked(v).rates();
  auto forth = dead_end.families()[0].forth.values();
  for_each(grid.owned(), [&](const Index& k) {
    if (k[0] == 19) forth[static_cast<std::size_t>(grid.owned().offset(k))] = 0;
  });
  const OneWay found = one_way(dead_end);
  CHECK(found.faces == 30);
  CHECK(found.cells == 0);
  const Generator generator{std::move(dead_end)};
  CHECK_THROWS_AS(null_vector(generator, v, multigrid), MethodError);
  const Field w = null_vector(generator, v, {}).state.density;
  CHECK(defect(generator, w) <= 1e-12);
  CHECK(std::abs(total(w) / total(v) - 1) <= 1e-12);
}

TEST_CASE("steady state: long implicit steps are no short cut", "[steady_state]") {
  // 11 steps of 1000, as published codes take them, at 512^2: far from steady.
  const Grid grid = pixels(512, 512);
  const Field v = image(grid);
  const Generator generator = masked(v);
  LinearSolver solver{generator, 1000, {.method = "multigrid", .tolerance = 1e-10}};
  Field u{v};
  for (int step = 0; step < 11; ++step) {
    const Field before{u};
    solver.solve(before, u);
  }
  CHECK(defect(generator, u) > 1e-8);
  const auto found = null_vector(generator, v, {});
  check_steady(generator, found, v);
  CHECK(difference(u, found.state.density) > 1e-3);
}

TEST_CASE("regions: labels are the same for any number of ranks", "[steady_state]") {
  // A spiral of one region that crosses every rank many times, around another; corners do not join.
  const Grid grid = pixels(41, 37);
  const auto wall = [](const Index& k) {
    const int ring = std::min({k[0], k[1], 40 - k[0], 36 - k[1]});
    return ring % 2 == 1 && !(k[0] == ring && k[1] == ring + 2);
  };
  JumpRates rates{grid};
  set_crossings(rates, [&](const Index& k, const Index& l, int) -> Crossing {
    return wall(k) == wall(l) ? Crossing{1, 0.5} : Crossing{};
  });
  const Regions regions = regions_of(rates);
  const auto label = everywhere(regions.label);
  PetscInt cells = regions.single_cells;
  for (const auto& region : regions.list) cells += region.cells;
  CHECK(cells == grid.cells());
  REQUIRE(regions.list.size() > 2);
  CHECK(regions.list[0].first_cell == Index{0, 0, 0});
  CHECK(regions.list[1].first_cell == Index{1, 1, 0});
  for (std::size_t n = 0; n + 1 < regions.list.size(); ++n) {
    CHECK(grid.natural(regions.list[n].first_cell) < grid.natural(regions.list[n + 1].first_cell));
    CHECK_FALSE(regions.list[n].open);
  }
  // Neighbours of one kind have one label, of two kinds two.
  const auto at = [&](int i, int j) { return label[static_cast<std::size_t>(i + 41 * j)]; };
  for (int j = 0; j < 37; ++j) {
    for (int i = 0; i < 40; ++i) {
      CHECK((wall({i, j, 0}) == wall({i + 1, j, 0})) == (at(i, j) == at(i + 1, j)));
    }
  }
  const Grid line{{{.cells = 12, .borders = Boundary::periodic}}};
  JumpRates ring{line};
  set_crossings(ring, [](const Index& k, const Index&, int) -> Crossing {
    return k[0] == 4 || k[0] == 8 ? Crossing{} : k[0] == 9 ? Crossing{0, 1} : Crossing{1, 1};
  });
  const Regions arcs = regions_of(ring);
  REQUIRE(arcs.list.size() == 2);
  CHECK(arcs.list[0].cells == 8);
  CHECK(arcs.list[1].first_cell == Index{5, 0, 0});
  CHECK(one_way(ring).faces == 1);
  JumpRates source{line};
  set_crossings(source, [](const Index& k, const Index&, int) -> Crossing {
    return k[0] == 3 ? Crossing{1, 0} : k[0] == 2 ? Crossing{0, 1} : Crossing{};
  });
  CHECK(one_way(source).cells == 1);
  CHECK(one_way(source).first_cell == Index{3, 0, 0});
}
