#include "discretisation/generator.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/detailed_balance.hpp"
#include "discretisation/noise.hpp"
#include "solvers/functionals.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

Grid box(int dimension, Boundary boundary) {
  const std::vector<Axis> axes{{7, -1, 1.5, boundary}, {6, 0, 2, boundary}, {5, -3, -1, boundary}};
  return Grid{{axes.begin(), axes.begin() + dimension}};
}

/// Rates of the potential U under a flux; U may vary by `height` between neighbours.
JumpRates potential_rates(const Field& potential, const FluxWeight& flux) {
  const Ghosted u{potential};
  JumpRates rates{potential.grid()};
  set_crossings(rates, [&](const Index& k, const Index& l, int axis) {
    return crossing(flux, 0.7, potential.grid().axis(axis).width(0), u[k] - u[l]);
  });
  return rates;
}

Field rough(const Grid& grid, double height) {
  return fill(grid, [&](const Index& cell) {
    return height * standard_normal({.seed = 5}, static_cast<std::uint64_t>(grid.natural(cell)));
  });
}

}  // namespace

TEST_CASE("generator: columns sum to 0, the backward matrix is the exact transpose",
          "[generator]") {
  for (const auto boundary : {Boundary::reflecting, Boundary::periodic}) {
    for (int dimension = 1; dimension <= 3; ++dimension) {
      for (const auto& flux : flux_weights()) {
        const Grid grid = box(dimension, boundary);
        const Generator generator{potential_rates(rough(grid, 0.3), flux)};
        const Dense forward = dense(generator.forward(), grid);
        const Dense backward = dense(generator.backward(), grid);
        const std::size_t n = forward.size();
        INFO(flux.name << " in " << dimension << "-D");
        for (std::size_t j = 0; j < n; ++j) {
          double column = 0, size = 0;
          for (std::size_t i = 0; i < n; ++i) {
            column += forward[i][j];
            size += std::abs(forward[i][j]);
            CHECK(forward[i][j] == backward[j][i]);
          }
          CHECK(std::abs(column) <= 1e-14 * size);
        }
      }
    }
  }
}

TEST_CASE("generator: products without a matrix are those of the matrices", "[generator]") {
  for (const auto boundary : {Boundary::reflecting, Boundary::periodic}) {
    for (int dimension = 1; dimension <= 3; ++dimension) {
      const Grid grid = box(dimension, boundary);
      const Generator generator{potential_rates(rough(grid, 1), flux_weight("scharfetter_gummel"))};
      const Field u = rough(grid, 1);
      const auto values = everywhere(u);
      const double size = generator.largest_outflow();
      CHECK(largest_difference(everywhere(generator.apply(u)),
                               times(dense(generator.forward(), grid), values)) <=
            1e-14 * size * 20);
      CHECK(largest_difference(everywhere(generator.apply_backward(u)),
                               times(dense(generator.backward(), grid), values)) <=
            1e-14 * size * 20);
    }
  }
}

TEST_CASE("generator: Gibbs states are stationary for balanced fluxes only", "[generator]") {
  for (int dimension = 1; dimension <= 3; ++dimension) {
    const Grid grid = box(dimension, Boundary::reflecting);
    const Field potential = rough(grid, 0.4);
    const Field gibbs = transformed(potential, [](double u) { return std::exp(-u); });
    for (const auto& flux : flux_weights()) {
      const Generator generator{potential_rates(potential, flux)};
      const Field change = generator.apply(gibbs);
      const double defect =
          l1_distance(change, Field{grid}) / (generator.largest_outflow() * mass(gibbs));
      INFO(flux.name << " in " << dimension << "-D");
      if (flux.balanced) CHECK(defect <= 1e-15);
      if (!flux.balanced) CHECK(defect > 1e-5);
    }
  }
}

TEST_CASE("generator: constants are harmonic, mass is conserved", "[generator]") {
  const Grid grid = box(3, Boundary::periodic);
  const Generator generator{potential_rates(rough(grid, 1), flux_weight("sqra"))};
  CHECK(largest(generator.apply_backward(Field{grid, 3})) == 0);
  CHECK(std::abs(mass(generator.apply(rough(grid, 1)))) <= 1e-12 * generator.largest_outflow());
}

TEST_CASE("generator: negative rates are noticed", "[generator]") {
  const Grid grid = box(2, Boundary::reflecting);
  CHECK(Generator{potential_rates(rough(grid, 1), flux_weight("upwind"))}.is_markov());
  CHECK_FALSE(Generator{potential_rates(rough(grid, 5), flux_weight("central"))}.is_markov());
}

TEST_CASE("field: every ghost, corners and periodic ones too, holds its cell's value", "[field]") {
  for (const auto boundary : {Boundary::reflecting, Boundary::periodic}) {
    const Grid grid = box(3, boundary);
    const Ghosted near{
        fill(grid, [&](const Index& cell) { return static_cast<double>(grid.natural(cell)); })};
    for_each(near.box(), [&](const Index& cell) {
      if (grid.inside(cell)) CHECK(near[cell] == static_cast<double>(grid.natural(cell)));
    });
  }
}

TEST_CASE("noise: the same numbers on any number of ranks, bitwise, and normal", "[noise]") {
  const Grid grid{{{64, 0, 1}, {48, 0, 1}}};
  const auto field = everywhere(rough(grid, 1));
  long double first = 0, second = 0, fourth = 0;
  for (std::size_t i = 0; i < field.size(); ++i) {
    CHECK(field[i] == standard_normal({.seed = 5}, i));
    first += field[i];
    second += field[i] * field[i];
    fourth += std::pow(field[i], 4);
  }
  const auto n = static_cast<double>(field.size());
  CHECK(std::abs(static_cast<double>(first)) / n <= 4 / std::sqrt(n));
  CHECK(std::abs(static_cast<double>(second) / n - 1) <= 4 * std::sqrt(2 / n));
  CHECK(std::abs(static_cast<double>(fourth) / n - 3) <= 4 * std::sqrt(96 / n));
  CHECK(standard_normal({.seed = 5, .stream = 1}, 0) != field[0]);
  CHECK(standard_normal({.seed = 5, .step = 1}, 0) != field[0]);
  CHECK(standard_normal({.seed = 6}, 0) != field[0]);
}

TEST_CASE("grid: what cannot be split or built is refused on all ranks", "[grid]") {
  CHECK_THROWS_AS(Grid({{0, 0, 1}}), InputError);
  CHECK_THROWS_AS(Grid({{4, 1, 1}}), InputError);
  CHECK_THROWS_AS(Grid({{2, 0, 1, Boundary::periodic}}), InputError);
  if (size_of(PETSC_COMM_WORLD) > 2) CHECK_THROWS_AS(Grid({{2, 0, 1}}), InputError);
}

TEST_CASE("detailed balance: found wherever no loop turns, and only there", "[generator]") {
  for (const auto boundary : {Boundary::reflecting, Boundary::periodic}) {
    for (int dimension = 1; dimension <= 3; ++dimension) {
      const Grid grid = box(dimension, boundary);
      const Field potential = rough(grid, 3);
      JumpRates rates = potential_rates(potential, flux_weight("scharfetter_gummel"));
      const auto weight = detailed_balance(rates);
      REQUIRE(weight);
      // ln pi = -U up to a constant.
      const auto found = everywhere(*weight), u = everywhere(potential);
      for (std::size_t i = 0; i < u.size(); ++i) {
        CHECK(std::abs(found[i] + u[i] - u[0]) <= 1e-12);
      }
      // Control: one face of one cell, crossed forth a little faster.
      for_each(grid.owned(), [&](const Index& cell) {
        if (grid.natural(cell) == 2) {
          rates.families()[0].forth.values()[static_cast<std::size_t>(grid.owned().offset(cell))] *=
              1 + 1e-8;
        }
      });
      const bool loops = dimension > 1 || boundary == Boundary::periodic;
      CHECK(detailed_balance(rates).has_value() == !loops);
    }
  }
}
