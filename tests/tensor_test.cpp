#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "discretisation/selling.hpp"
#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"
#include "solvers/steady_state.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

/// G G^T with standard normal entries, its last eigenvalue weakened.
Tensor random_tensor(std::mt19937& random, int dimension, double weakest) {
  std::normal_distribution<double> normal;
  Tensor g{}, d{};
  const auto n = static_cast<std::size_t>(dimension);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) g[i][j] = normal(random) * (j == 0 ? weakest : 1);
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) d[i][j] += g[i][k] * g[j][k];
    }
  }
  return d;
}

double largest_defect(const Tensor& d, const std::vector<OffsetWeight>& offsets) {
  double most = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      double total = -d[i][j];
      for (const auto& [e, weight] : offsets) total += weight * e[i] * e[j];
      most = std::max(most, std::abs(total));
    }
  }
  return most;
}

std::string on_box(const std::string& problem, int cells, const std::string& extra = "") {
  return fmt::format(
      "[problem]\nkind = fokker_planck\n{}\n[grid]\ncells = {}, {}\nlower = -6, -6\n"
      "upper = 6, 6\n{}",
      problem, cells, cells, extra);
}

}  // namespace

TEST_CASE("selling: weights are positive and give the tensor back", "[tensor]") {
  std::mt19937 random{7};
  for (int dimension = 2; dimension <= 3; ++dimension) {
    for (const double weakest : {1.0, 0.2, 0.03}) {
      int too_long = 0;
      for (int trial = 0; trial < 300; ++trial) {
        const Tensor d = random_tensor(random, dimension, weakest);
        const auto offsets = selling(d, dimension, 20);
        if (!offsets) {
          ++too_long;
          continue;
        }
        CHECK(offsets->size() <= (dimension == 2 ? 3u : 6u));
        const double trace = d[0][0] + d[1][1] + d[2][2];
        for (const auto& [e, weight] : *offsets) CHECK(weight > 0);
        CHECK(largest_defect(d, *offsets) <= 1e-13 * trace * 20 * 20);
      }
      CHECK(too_long <= (weakest == 1 ? 15 : 150));
    }
  }
}

TEST_CASE("selling: degenerate tensors along the grid, and those that are not", "[tensor]") {
  const auto diagonal = selling({{{1, 1, 0}, {1, 1, 0}, {0, 0, 0}}}, 2, 1);
  REQUIRE(diagonal);
  REQUIRE(diagonal->size() == 1);
  CHECK(diagonal->front().offset == Index{1, 1, 0});
  CHECK(diagonal->front().weight == Approx(1));
  const double s = std::sqrt(2.0);
  CHECK_FALSE(selling({{{1, s, 0}, {s, 2, 0}, {0, 0, 0}}}, 2, 8));
}

TEST_CASE("tensor: a diagonal one is the same as its entries", "[tensor]") {
  const std::string rest = "potential = x^2 + x*y + y^2\ninitial = 1";
  const BuiltProblem tensor{on_box("diffusion = 1, 0, 0, 1\n" + rest, 20)};
  const BuiltProblem scalar{on_box("diffusion = 1\n" + rest, 20)};
  const Dense a = dense(tensor->generator(0).forward(), tensor->grid());
  const Dense b = dense(scalar->generator(0).forward(), scalar->grid());
  // The gradient of a quadratic potential is exact by differences; Peclet numbers reach 10.
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(largest_difference(a[i], b[i]) <= 1e-9);
}

TEST_CASE("tensor: order 2 on a periodic box, however anisotropic", "[tensor]") {
  // div D grad cos(2x + y) = -(k . D k) cos(2x + y).
  for (const double skew : {0.7, 0.95}) {
    std::vector<double> spacings, errors;
    for (int cells = 32; cells <= 128; cells *= 2) {
      const BuiltProblem problem{fmt::format(
          "[problem]\nkind = fokker_planck\ndiffusion = 1, {0}, {0}, 1\ninitial = 1\n[grid]\n"
          "cells = {1}, {1}\nlower = 0, 0\nupper = 6.283185307179586, 6.283185307179586\n"
          "boundary = periodic\n",
          skew, cells)};
      const Generator generator = problem->generator(0);
      CHECK(generator.is_markov());
      const Grid& grid = problem->grid();
      const Field wave = fill(grid, [&](const Index& cell) {
        const Point x = grid.centre(cell);
        return std::cos(2 * x[0] + x[1]);
      });
      Field image = generator.apply(wave);
      check(VecAXPY(image.vector(), 4 + 1 + 4 * skew, wave.vector()));
      spacings.push_back(1.0 / cells);
      errors.push_back(std::max(largest(image), -least(image)));
    }
    CHECK(slope(spacings, errors) == Approx(2).margin(0.05));
  }
}

TEST_CASE("tensor: order 2 where it varies, in the Ito and the Fick form", "[tensor]") {
  // Manufactured: w = exp(-(x^2 + y^2)/2) is stationary for f = D grad ln w.
  const std::string d = "1 + 0.3*sin(x), 0.4*cos(y), 0.4*cos(y), 0.8 + 0.2*cos(x)";
  const std::string fick = "-x*(1 + 0.3*sin(x)) - y*0.4*cos(y), -x*0.4*cos(y) - y*(0.8+0.2*cos(x))";
  const std::string ito =
      "-x*(1 + 0.3*sin(x)) - y*0.4*cos(y) + 0.3*cos(x) - 0.4*sin(y), "
      "-x*0.4*cos(y) - y*(0.8 + 0.2*cos(x))";
  for (const auto& [form, drift] : {std::pair{"fick", fick}, std::pair{"ito", ito}}) {
    std::vector<double> spacings, errors;
    for (int cells = 24; cells <= 96; cells *= 2) {
      const BuiltProblem problem{
          on_box(fmt::format(
                     "diffusion = {}\ndrift = {}\ninitial = 1\nexact = normal(x,0,1)*normal(y,0,1)",
                     d, drift),
                 cells, fmt::format("[scheme]\nform = {}\n", form))};
      const Generator generator = problem->generator(0);
      CHECK(generator.is_markov());
      const auto found = null_vector(generator, problem->initial(0), {});
      spacings.push_back(12.0 / cells);
      errors.push_back(l1_distance(found.state.density, *problem->exact(0, 0)));
    }
    INFO(form);
    CHECK(slope(spacings, errors) == Approx(2).margin(0.1));
  }
}

TEST_CASE("tensor: three axes, and stretched ones", "[tensor]") {
  // Stationary N(0, I) under b = -D x.
  std::vector<double> spacings, errors;
  for (const int cells : {12, 24}) {
    const BuiltProblem problem{fmt::format(
        "[problem]\nkind = fokker_planck\ndiffusion = 1, 0.4, 0, 0.4, 1, -0.3, 0, -0.3, 0.7\n"
        "drift = -x - 0.4*y, -0.4*x - y + 0.3*z, 0.3*y - 0.7*z\ninitial = 1\n"
        "exact = normal(x,0,1)*normal(y,0,1)*normal(z,0,1)\n[grid]\ncells = {0}, {0}, {0}\n"
        "lower = -5, -5, -5\nupper = 5, 5, 5\nspacing = sinh\nstretch = 1.5\n",
        cells)};
    const Generator generator = problem->generator(0);
    CHECK(generator.is_markov());
    CHECK(generator.rates().families().size() > 3);
    const auto found = null_vector(generator, problem->initial(0), {.method = "direct"});
    spacings.push_back(1.0 / cells);
    errors.push_back(l1_distance(found.state.density, *problem->exact(0, 0)));
  }
  CHECK(slope(spacings, errors) == Approx(2).margin(0.2));
}

TEST_CASE("tensor: a kinetic equation, whose tensor is singular, is carried upwind", "[tensor]") {
  // dX = V dt, dV = -(X + V) dt + sqrt(2) dW: N(0, I) stays; upwind across X, so of order 1.
  std::vector<double> spacings, per_axis, full;
  for (int cells = 48; cells <= 192; cells *= 2) {
    const std::string rest =
        "drift = y, -x - y\ninitial = 1\nexact = normal(x,0,1)*normal(y,0,1)\n";
    const auto error = [&](const std::string& diffusion) {
      const BuiltProblem problem{on_box("diffusion = " + diffusion + "\n" + rest, cells)};
      const Generator generator = problem->generator(0);
      CHECK(generator.is_markov());
      const auto found = null_vector(generator, problem->initial(0), {});
      return l1_distance(found.state.density, *problem->exact(0, 0));
    };
    spacings.push_back(12.0 / cells);
    per_axis.push_back(error("0, 1"));
    full.push_back(error("0, 0, 0, 1"));
  }
  CHECK(slope(spacings, per_axis) == Approx(1).margin(0.15));
  CHECK(slope(spacings, full) == Approx(1).margin(0.15));
}

TEST_CASE("tensor: duality of every one-step method, with coefficients in t", "[tensor]") {
  const BuiltProblem problem{
      on_box("diffusion = 1, 0.7, 0.7, 0.8\ndrift = -x - y + sin(t), x - 2*y*(1 + t)\n"
             "initial = exp(-(x-1)^2 - y^2)",
             24)};
  REQUIRE(problem->depends_on_time());
  const Grid& grid = problem->grid();
  const Field g = fill(grid, [&](const Index& cell) { return grid.centre(cell)[0] + 2; });
  const SolverOptions exactly{.method = "direct"};
  for (const std::string method :
       {"implicit_euler", "crank_nicolson", "crank_nicolson_plain", "sdirk2", "uniformization"}) {
    const auto step = [&](int n) { return problem->generator(0, (n + 0.5) * 0.1); };
    Field p = masses_of(problem->initial(0)), h{g};
    const Field start{p};
    for (int n = 0; n < 3; ++n) {
      const Generator generator = step(n);
      make_propagator(method, generator, 0.1, exactly)->advance(p, n);
    }
    for (int n = 2; n >= 0; --n) {
      const Generator generator = step(n);
      make_propagator(method, generator, 0.1, exactly)->advance_backward(h, n);
    }
    double left = 0, right = 0, wrong = 0;
    check(VecDot(g.vector(), p.vector(), &left));
    check(VecDot(h.vector(), start.vector(), &right));
    INFO(method);
    CHECK(std::abs(left - right) <= 1e-12 * largest(g));
    // Control: the steps in the wrong order.
    Field k{g};
    for (int n = 0; n < 3; ++n) {
      const Generator generator = step(n);
      make_propagator(method, generator, 0.1, exactly)->advance_backward(k, 2 - n == 1 ? 1 : n);
    }
    check(VecDot(k.vector(), start.vector(), &wrong));
    CHECK(std::abs(left - wrong) > 1e-8);
  }
}
