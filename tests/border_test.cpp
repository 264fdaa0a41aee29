#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"
#include "solvers/steady_state.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const SolverOptions exactly{.method = "direct"};

std::string line(const std::string& problem, int cells, const std::string& grid) {
  return fmt::format(
      "[problem]\nkind = fokker_planck\n{}\n[grid]\ncells = {}\nlower = 0\nupper = 1\n{}\n",
      problem, cells, grid);
}

Field advanced(const BuiltProblem& problem, const std::string& method, double end, int steps) {
  const Generator generator = problem->generator(0);
  const auto propagator = make_propagator(method, generator, end / steps, exactly);
  Field m = masses_of(problem->initial(0));
  for (int n = 0; n < steps; ++n) propagator->advance(m, n);
  return densities_of(m);
}

}  // namespace

TEST_CASE("border: absorption takes mass at the right rate, with order 2", "[border]") {
  // u = e^(bx/2) sin(pi x) e^(-(pi^2 + b^2/4) t) under u_t = u'' - b u'.
  for (const std::string spacing :
       {"", "spacing = sinh\nstretch = 2", "spacing = geometric\nstretch = 3"}) {
    std::vector<double> spacings, errors;
    for (int cells = 40; cells <= 160; cells *= 2) {
      const BuiltProblem problem{line("drift = 3\ninitial = exp(1.5*x)*sin(pi*x)", cells,
                                      "boundary = absorbing\n" + spacing)};
      const Generator generator = problem->generator(0);
      CHECK_FALSE(generator.conserves_mass());
      CHECK_FALSE(has_steady_state(generator));
      const double rate = std::numbers::pi * std::numbers::pi + 9.0 / 4;
      const Field found = advanced(problem, "uniformization", 0.1, 1);
      Field expected = problem->initial(0);
      check(VecScale(expected.vector(), std::exp(-0.1 * rate)));
      spacings.push_back(1.0 / cells);
      errors.push_back(l1_distance(found, expected));
      CHECK(least(found) >= 0);
    }
    INFO(spacing);
    CHECK(slope(spacings, errors) == Approx(2).margin(0.05));
  }
}

TEST_CASE("border: one side absorbs, the other reflects", "[border]") {
  std::vector<double> spacings, errors;
  for (int cells = 40; cells <= 160; cells *= 2) {
    const BuiltProblem problem{
        line("drift = 0\ninitial = sin(pi*x/2)", cells, "boundary = absorbing:reflecting")};
    const double rate = std::numbers::pi * std::numbers::pi / 4;
    const double kept = mass(advanced(problem, "uniformization", 0.2, 1));
    spacings.push_back(1.0 / cells);
    errors.push_back(std::abs(kept - std::exp(-0.2 * rate)));
  }
  CHECK(slope(spacings, errors) == Approx(2).margin(0.05));
}

TEST_CASE("border: given densities are met by their steady state to round-off", "[border]") {
  // u'' = b u' with u(0) = 2, u(1) = 5: the Scharfetter-Gummel flux is exact for constant b.
  for (const double b : {0.0, 3.0, -8.0}) {
    for (const std::string spacing : {"", "\nspacing = geometric\nstretch = 4"}) {
      const BuiltProblem problem{
          line(fmt::format("drift = {}\ninitial = 1\nborder_density = x < 0.5 ? 2 : 5", b), 30,
               "boundary = dirichlet" + spacing)};
      const Generator generator = problem->generator(0);
      CHECK(generator.has_source());
      const Field w = steady_state(generator, 1, exactly).density;
      const Grid& grid = problem->grid();
      const Field expected = fill(grid, [&](const Index& cell) {
        const double x = grid.centre(cell)[0];
        return 2 + 3 * (b == 0 ? x : std::expm1(b * x) / std::expm1(b));
      });
      CHECK(l1_distance(w, expected) <= 1e-11);
      CHECK(stationarity_defect(generator, w) <= 1e-13);
    }
  }
}

TEST_CASE("border: every propagator moves to the given densities", "[border]") {
  // From the steady state nothing moves; from 0 it is approached like e^(-pi^2 t).
  const BuiltProblem problem{
      line("drift = 0\ninitial = 0*x\nborder_density = 1 + x", 32, "boundary = dirichlet")};
  const Generator generator = problem->generator(0);
  const SteadyState w = steady_state(generator, 1, exactly);
  for (const std::string method :
       {"implicit_euler", "crank_nicolson", "sdirk2", "bdf2", "uniformization", "chebyshev"}) {
    const auto propagator = make_propagator(method, generator, 0.02, exactly);
    Field still = masses_of(w.density), m{problem->grid()};
    for (int n = 0; n < 5; ++n) propagator->advance(still, n);
    for (int n = 0; n < 50; ++n) propagator->advance(m, n);
    INFO(method);
    CHECK(l1_distance(densities_of(still), w.density) <= 1e-12);
    const double left = l1_distance(densities_of(m), w.density);
    CHECK(left <= 2 * std::exp(-0.9 * std::numbers::pi * std::numbers::pi));
    CHECK(left > 0.1 * std::exp(-1.1 * std::numbers::pi * std::numbers::pi));
  }
}

TEST_CASE("border: the tensor leaves a disc-free box like its entries do", "[border]") {
  // A diagonal tensor given in full absorbs as the same one given by axes.
  const auto text = [](const std::string& diffusion) {
    return "[problem]\nkind = fokker_planck\ndrift = 1, -x\ndiffusion = " + diffusion +
           "\ninitial = 1\nborder_density = 1 + y\n[grid]\ncells = 12, 9\nlower = 0, 0\n"
           "upper = 1, 1\nboundary = absorbing:reflecting, reflecting:dirichlet\n";
  };
  const BuiltProblem tensor{text("2, 0, 0, 1")}, axes{text("2, 1")};
  const Generator a = tensor->generator(0), b = axes->generator(0);
  CHECK(largest_difference(everywhere(a.killing()), everywhere(b.killing())) <= 1e-9);
  CHECK(largest_difference(everywhere(a.source()), everywhere(b.source())) <= 1e-9);
  CHECK(total(a.killing()) > 0);
}

TEST_CASE("border: what a step loses is what is absorbed", "[border]") {
  const BuiltProblem problem{line("drift = 1 - 2*x\ninitial = 1", 50, "boundary = absorbing")};
  const Generator generator = problem->generator(0);
  for (const std::string solver : {"direct", "bicgstab_ilu", "amg"}) {
    Field m = masses_of(problem->initial(0));
    const double before = total(m);
    make_propagator("implicit_euler", generator, 0.05, {.method = solver})->advance(m, 0);
    double absorbed = 0;
    check(VecDot(generator.killing().vector(), m.vector(), &absorbed));
    INFO(solver);
    CHECK(before - total(m) == Approx(0.05 * absorbed).epsilon(1e-13));
  }
}

TEST_CASE("border: degenerate diffusion needs no condition", "[border]") {
  // Cox-Ingersoll-Ross: D = x, drift 3 - x: the stationary density is x^2 e^-x / 2.
  std::vector<double> spacings, errors;
  for (int cells = 100; cells <= 400; cells *= 2) {
    const BuiltProblem problem{fmt::format(
        "[problem]\nkind = fokker_planck\ndrift = 3 - x\ndiffusion = x\ninitial = 1\n"
        "exact = x^2*exp(-x)/2\n[scheme]\nform = ito\n[grid]\ncells = {}\nlower = 0\nupper = 40\n",
        cells)};
    const Generator generator = problem->generator(0);
    CHECK(generator.conserves_mass());
    const Field w = steady_state(generator, 1, exactly).density;
    spacings.push_back(1.0 / cells);
    errors.push_back(l1_distance(w, *problem->exact(0, 0)));
  }
  CHECK(slope(spacings, errors) == Approx(2).margin(0.05));
}
