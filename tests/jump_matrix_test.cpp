#include "discretisation/jump_matrix.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/noise.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;
using Direction = JumpMatrix::Direction;

namespace {

double random(const Grid& grid, const Index& cell, unsigned stream) {
  return standard_normal({.seed = 11, .stream = stream},
                         static_cast<std::uint64_t>(grid.natural(cell)));
}

/// Rates that differ from face to face by orders of magnitude, without detailed balance, with
/// losses.
Generator wild_generator(const Grid& grid, const std::vector<Index>& steps) {
  JumpRates rates{grid, steps};
  set_crossings(rates, [&](const Index& k, const Index&, int family) {
    const auto stream = static_cast<unsigned>(2 * family);
    return Crossing{std::exp(random(grid, k, stream + 1)), std::exp(random(grid, k, stream + 2))};
  });
  rates.killing() = fill(grid, [&](const Index& k) { return std::exp(random(grid, k, 0)); });
  return Generator{std::move(rates)};
}

/// The same polynomial from A u, term by term.
Field by_terms(const Generator& generator, double rate, const Polynomial& polynomial,
               Direction direction, const Field& u) {
  const auto times_p = [&](const Field& f) {
    Field image =
        direction == Direction::forward ? generator.apply(f) : generator.apply_backward(f);
    check(VecAYPX(image.vector(), 1 / rate, f.vector()));
    return image;
  };
  Field before{u.grid()}, now{u}, sum{u};
  check(VecScale(sum.vector(), polynomial.weight(0)));
  for (int k = 1; k <= polynomial.degree(); ++k) {
    Field next = times_p(now);
    if (k > 1) {
      check(VecAXPBY(next.vector(), polynomial.kept, polynomial.factor, before.vector()));
    }
    check(VecAXPY(sum.vector(), polynomial.weight(k), next.vector()));
    before = std::exchange(now, next);
  }
  return sum;
}

/// Of the norm in which P has norm 1: rounding errors of all products, none of which is enlarged by
/// more than the recursion of norms says.
double round_off(const Polynomial& polynomial, std::size_t families) {
  double before = 0, now = 1, sum = 0;
  for (int k = 1; k <= polynomial.degree(); ++k) {
    const double next =
        k == 1 ? 1 : std::abs(polynomial.factor) * now + std::abs(polynomial.kept) * before;
    before = std::exchange(now, next);
    sum += k * std::abs(polynomial.weight(k)) * now;
  }
  const auto operations = static_cast<double>(4 * families + 8);
  return operations * std::numeric_limits<double>::epsilon() * (1 + sum);
}

double norm(const Field& u, Direction direction) {
  double value = 0;
  check(VecNorm(u.vector(), direction == Direction::forward ? NORM_1 : NORM_INFINITY, &value));
  return value;
}

double distance(Field a, const Field& b, Direction direction) {
  check(VecAXPY(a.vector(), -1, b.vector()));
  return norm(a, direction);
}

/// Degrees around the number of products that are taken together.
std::vector<Polynomial> polynomials() {
  std::vector<Polynomial> list{{.weights = {0.25}}, {.weights = {0.5, 0.25}}};
  for (const int degree : {15, 16, 17, 40}) {
    Polynomial falling{.factor = 1.5, .kept = -0.5};
    for (int k = 0; k <= degree; ++k) falling.weights.push_back(std::pow(0.5, k));
    list.push_back(falling);
    list.push_back({.first = degree - 3, .weights = {0.1, 0.4, 0.3, 0.2}});
  }
  return list;
}

struct Case {
  std::vector<Axis> axes;
  std::vector<Index> steps;
};

/// Lines, planes and boxes larger than a run of the kernel, and every kind of step.
std::vector<Case> cases() {
  const Borders closed, open{Boundary::absorbing}, endless{Boundary::periodic};
  const std::vector<Index> line{{1, 0, 0}}, plane{{1, 0, 0}, {0, 1, 0}};
  const std::vector<Index> oblique{{1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {1, -1, 0}, {2, 1, 0}};
  const std::vector<Index> box{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  const std::vector<Index> diagonal{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}, {1, 0, -1}};
  const std::vector<Index> knight{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {-2, 1, 1}, {1, 1, -1}};
  std::vector<Case> list;
  // Wide enough that ghosts are fetched for several products, on 4 ranks, too.
  list.push_back({{{163, 0, 1, closed}, {131, 0, 1, open}}, plane});
  list.push_back({{{163, 0, 1, endless}, {131, 0, 1, endless}}, oblique});
  list.push_back({{{70, 0, 1, closed}, {67, 0, 1, endless}, {13, 0, 1, open}}, diagonal});
  for (const auto& x : {closed, endless}) {
    list.push_back({{{1500, 0, 1, x}}, line});
    for (const auto& y : {open, endless}) {
      list.push_back({{{61, 0, 1, x}, {47, 0, 1, y}}, plane});
      list.push_back({{{61, 0, 1, x}, {47, 0, 1, y}}, oblique});
      list.push_back({{{17, 0, 1, x}, {13, 0, 1, y}, {11, 0, 1, closed}}, box});
      list.push_back({{{17, 0, 1, x}, {13, 0, 1, y}, {11, 0, 1, endless}}, knight});
    }
  }
  return list;
}

}  // namespace

TEST_CASE("jump matrix: polynomials are those of the products one by one", "[generator]") {
  for (const auto& [axes, steps] : cases()) {
    const Grid grid{axes, 2};
    const Generator generator = wild_generator(grid, steps);
    const double rate = generator.largest_outflow();
    JumpMatrix matrix{generator, rate};
    const Field start = fill(grid, [&](const Index& k) { return random(grid, k, 99); });
    for (const auto& polynomial : polynomials()) {
      INFO(grid.dimension() << "-D, " << steps.size() << " families, degree "
                            << polynomial.degree());
      const double bound = round_off(polynomial, steps.size());
      for (const auto direction : {Direction::forward, Direction::backward}) {
        Field u = start;
        matrix.apply(polynomial, direction, u);
        const Field expected = by_terms(generator, rate, polynomial, direction, start);
        CHECK(distance(u, expected, direction) <= bound * norm(start, direction));
        if (polynomial.degree() == 0) continue;
        // Control: the other direction is something else.
        Field other = start;
        matrix.apply(polynomial,
                     direction == Direction::forward ? Direction::backward : Direction::forward,
                     other);
        CHECK(distance(other, expected, direction) > 1e6 * bound * norm(start, direction));
      }
    }
  }
}

TEST_CASE("jump matrix: powers of a stochastic matrix are not negative, to the last digit",
          "[generator]") {
  const Grid grid{{{61, 0, 1}, {47, 0, 1}}};
  const Generator generator = wild_generator(grid, {{1, 0, 0}, {0, 1, 0}});
  const Index peak{30, 20, 0};
  const Field start = fill(grid, [&](const Index& k) { return k == peak ? 1.0 : 0.0; });
  const auto smallest = [&](double rate) {
    Field u = start;
    JumpMatrix{generator, rate}.apply({.first = 4, .weights = {1}}, Direction::forward, u);
    double least = 0;
    check(VecMin(u.vector(), nullptr, &least));
    return least;
  };
  CHECK(smallest(generator.largest_outflow()) >= 0);
  // Control: a rate that no outflow stays below.
  double least = 0;
  check(VecMin(generator.outflow().vector(), nullptr, &least));
  CHECK(smallest(least / 2) < 0);
}

TEST_CASE("generator: the bound of the spectrum holds and is no larger than Gershgorin's for A",
          "[generator]") {
  // Two deep wells beside high ground: the bound of the symmetrised matrix is the smaller one.
  for (const double height : {0.0, 1.0, 6.0}) {
    const Grid grid{{{9, 0, 9}, {8, 0, 8}}};
    const Field potential = fill(grid, [&](const Index& k) { return height * random(grid, k, 3); });
    const Ghosted u{potential};
    JumpRates rates{grid};
    set_crossings(rates, [&](const Index& k, const Index& l, int) {
      return crossing(flux_weight("scharfetter_gummel"), 1, 1, u[k] - u[l]);
    });
    const Generator generator{std::move(rates),
                              transformed(potential, [](double x) { return -x; })};
    const double bound = generator.spectral_bound(), crude = 2 * generator.largest_outflow();
    // Largest eigenvalue of -A from below, by powers of the symmetrised matrix.
    const MatrixHandle symmetric = generator.symmetrised();
    Field v = fill(grid, [&](const Index&k) { return random(grid, k, 4); }), image{grid};
    double eigenvalue = 0;
    for (int i = 0; i < 2000; ++i) {
      check(MatMult(symmetric.get(), v.vector(), image.vector()));
      check(VecNorm(image.vector(), NORM_2, &eigenvalue));
      check(VecScale(image.vector(), 1 / eigenvalue));
      std::swap(v, image);
    }
    INFO("height " << height << ": " << eigenvalue << " <= " << bound << " <= " << crude);
    CHECK(eigenvalue <= bound * (1 + 1e-12));
    CHECK(bound <= crude);
    if (height > 0) CHECK(bound < 0.95 * crude);
    CHECK(eigenvalue > 0.5 * bound);
  }
}
