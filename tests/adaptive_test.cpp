#include "solvers/adaptive_propagator.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "solvers/choose_propagator.hpp"
#include "solvers/functionals.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const SolverOptions exactly{.method = "direct"};

/// From a narrow density, which spreads fast at first and slowly later.
const std::string spreading =
    "[problem]\nkind = fokker_planck\npotential = x^2/2\ninitial = normal(x, 1, 0.1)\n"
    "[grid]\ncells = 200\nlower = -6\nupper = 6\n";

AdaptivePropagator adaptive(const Generator& generator, const std::string& method, double tau,
                            double tolerance) {
  return {[&generator, method](double part) {
            return make_propagator(method, generator, part, exactly);
          },
          tau, tolerance};
}

/// Error in mass at time 2, in 4 steps.
double error_of(const Generator& generator, const Field& start, const std::string& method,
                double tolerance) {
  Field expected = masses_of(start), found{expected};
  make_propagator("uniformization", generator, 2, exactly)->advance(expected, 0);
  auto propagator = adaptive(generator, method, 0.5, tolerance);
  for (int n = 0; n < 4; ++n) propagator.advance(found, n);
  double error = 0;
  check(VecAXPY(found.vector(), -1, expected.vector()));
  check(VecNorm(found.vector(), NORM_1, &error));
  return error;
}

}  // namespace

TEST_CASE("adaptive: the error stays below the tolerance, not far below", "[adaptive]") {
  const BuiltProblem problem{spreading};
  const Generator generator = problem->generator(0);
  const Field start = problem->initial(0);
  for (const std::string method : {"implicit_euler", "sdirk2", "crank_nicolson"}) {
    const double coarse = method == "implicit_euler" ? 5e-2 : 1e-2;  // order 1 takes many parts
    for (const double tolerance : {coarse, coarse / 5}) {
      const double error = error_of(generator, start, method, tolerance);
      INFO(method << ", tolerance " << tolerance << ", error " << error);
      // Steps are L1 contractions or nearly so, so that errors add up to 2 tolerance at most; the
      // factor 2 is for the higher terms of the estimate.
      CHECK(error <= 2 * 2 * tolerance);
      CHECK(error >= 1e-3 * tolerance);
    }
  }
  // Control: whole steps, which nobody cuts, miss it by far.
  Field whole = masses_of(start), expected{whole};
  make_propagator("uniformization", generator, 2, exactly)->advance(expected, 0);
  const auto euler = make_propagator("implicit_euler", generator, 0.5, exactly);
  for (int n = 0; n < 4; ++n) euler->advance(whole, n);
  double error = 0;
  check(VecAXPY(whole.vector(), -1, expected.vector()));
  check(VecNorm(whole.vector(), NORM_1, &error));
  CHECK(error > 10 * 4 * 1e-3);
}

TEST_CASE("adaptive: mass is kept, and backward steps replay those forward", "[adaptive]") {
  const BuiltProblem problem{spreading};
  const Generator generator = problem->generator(0);
  const Grid& grid = problem->grid();
  const Field g = fill(grid, [&](const Index& cell) { return std::cos(grid.centre(cell)[0]); });
  for (const std::string method : {"implicit_euler", "sdirk2", "crank_nicolson"}) {
    auto propagator = adaptive(generator, method, 0.25, method == "implicit_euler" ? 1e-2 : 1e-3);
    Field m = masses_of(problem->initial(0)), h{g};
    const Field start{m};
    int solves = 0;
    for (int n = 0; n < 3; ++n) solves += propagator.advance(m, n).iterations;
    for (int n = 2; n >= 0; --n) propagator.advance_backward(h, n);
    // Every solve rounds the sum once more.
    const double round_off = 1e-12 + 2e-16 * solves;
    double left = 0, right = 0;
    check(VecDot(g.vector(), m.vector(), &left));
    check(VecDot(h.vector(), start.vector(), &right));
    INFO(method << " " << solves << " solves, mass " << total(m) - 1 << " duality "
                << left - right);
    CHECK(std::abs(total(m) - 1) <= round_off);
    CHECK(std::abs(left - right) <= round_off);
    CHECK_THROWS_WITH(propagator.advance_backward(h, 7), Catch::Contains("were not taken"));
  }
}

TEST_CASE("adaptive: what cannot be cut says so", "[adaptive]") {
  const BuiltProblem problem{spreading};
  const Generator generator = problem->generator(0);
  CHECK_THROWS_WITH(adaptive(generator, "uniformization", 1, 1e-3),
                    Catch::Contains("this one has none"));
  CHECK_THROWS_WITH(adaptive(generator, "bdf2", 1, 1e-3), Catch::Contains("one-step method"));
  Field m = masses_of(problem->initial(0));
  auto hopeless = adaptive(generator, "implicit_euler", 1, 1e-30);
  CHECK_THROWS_WITH(hopeless.advance(m, 0), Catch::Contains("cannot be made small enough"));
}

TEST_CASE("auto: picks by stiffness and by what must be guaranteed", "[adaptive]") {
  const BuiltProblem well{spreading};
  const Generator balanced = well->generator(0);
  const BuiltProblem turning{
      "[problem]\nkind = fokker_planck\ndrift = -x - y, x - y\ninitial = 1\n"
      "[grid]\ncells = 12, 12\nlower = -3, -3\nupper = 3, 3\n"};
  const Generator driven = turning->generator(0);
  const SolverOptions positive{.keep_positive = true, .solves = 10}, plain{.solves = 10};
  CHECK(choose_propagator(balanced, 1e-3, positive, false).method == "uniformization");
  CHECK(choose_propagator(balanced, 1e4, positive, false).method == "implicit_euler");
  CHECK(choose_propagator(balanced, 1e-3, plain, false).method == "chebyshev");
  CHECK(choose_propagator(balanced, 1e12, plain, false).method == "sdirk2");
  CHECK(choose_propagator(driven, 1e-3, plain, false).method == "uniformization");
  CHECK(choose_propagator(driven, 1e9, plain, false).method == "sdirk2");
  const auto chosen = make_propagator("auto", balanced, 1e4, positive);
  CHECK_THAT(chosen->reason(), Catch::Contains("order 1"));
  CHECK_THAT(chosen->description(), Catch::Contains("implicit Euler"));
  CHECK(make_propagator("sdirk2", balanced, 1, plain)->reason().empty());
}
