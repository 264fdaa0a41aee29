/// Observed orders of the schemes: 2 in space for every process, border, spacing and tensor; 1 or 2
/// in time as each propagator claims.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/restriction.hpp"
#include "solvers/functionals.hpp"
#include "studies/flow/ladder.hpp"
#include "studies/flow/orders.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

Ladder::ProblemAt problem_of(const std::string& text) {
  return [text](int refinement) -> std::shared_ptr<const Problem> {
    const auto built = std::make_shared<BuiltProblem>(text, refinement);
    return {built, &**built};
  };
}

Ladder climbed(const std::string& text, const LadderOptions& options) {
  Ladder ladder{problem_of(text), options};
  for (int k = 0; k < options.grids; ++k) ladder.climb(k);
  return ladder;
}

Schedule steps(double end, int count) {
  return {.step = end / count, .steps = count, .outputs = {}};
}

/// Exact in time, so that the error is that of space.
LadderOptions in_space(const std::string& method, double end, int grids) {
  return {.grids = grids, .method = method, .coarsest = steps(end, 1)};
}

LadderOptions in_time(const std::string& method, double end, int count) {
  return {.refined = Refined::time,
          .reference = Reference::exponential,
          .grids = 4,
          .method = method,
          .coarsest = steps(end, count),
          .solver = {.method = "direct"}};
}

std::vector<double> errors_of(const Ladder& ladder, std::size_t norm) {
  std::vector<double> errors;
  for (const auto& rung : ladder.rungs()) {
    if (!std::isnan(rung.errors[norm])) errors.push_back(rung.errors[norm]);
  }
  return errors;
}

Order order_of(const Ladder& ladder, std::size_t norm) {
  const auto errors = errors_of(ladder, norm);
  std::vector<double> spacings;
  for (std::size_t k = 0; k < errors.size(); ++k) {
    spacings.push_back(ladder.spacing(ladder.rungs()[k]));
  }
  return observed_order(spacings, errors);
}

/// L1, L2 and Linf, each within 0.05.
void require_order(const Ladder& ladder, double expected) {
  for (std::size_t norm = 0; norm < 3; ++norm) {
    const Order order = order_of(ladder, norm);
    INFO("norm " << norm << ": errors " << fmt::format("{}", errors_of(ladder, norm)));
    CHECK(order.value == Approx(expected).margin(0.05));
    CHECK(order.least > 0);
  }
  for (const auto& rung : ladder.rungs()) {
    if (!std::isnan(rung.errors[0])) CHECK(rung.solver_error <= 0.01);
  }
}

std::string fokker_planck_text(const std::string& equation, const std::string& grid) {
  return "[problem]\nkind = fokker_planck\n" + equation + "\n[grid]\n" + grid + "\n";
}

/// N(m, s^2) under dX = -X dt + sqrt(2) dW, in one coordinate.
std::string relaxing(const std::string& x, double m, double s) {
  return fmt::format("normal({}, {}*exp(-t), sqrt(1 + ({})*exp(-2*t)))", x, m, s * s - 1);
}
std::string start(const std::string& x, double m, double s) {
  return fmt::format("normal({}, {}, {})", x, m, s);
}

std::string ornstein_uhlenbeck(const std::string& grid, const std::string& more = "") {
  return fokker_planck_text(
      "drift = -x\ninitial = " + start("x", 1, 0.5) + "\nexact = " + relaxing("x", 1, 0.5) + more,
      grid);
}
const std::string line = "lower = -8\nupper = 8\ncells = 100";

/// Rotating drift and full tensor. With A = I + J, J a quarter turn, the covariance is
/// 0.9 I + its traceless part (p, q), which turns by 2t as it decays to (-0.3, 0.4).
std::string rotating_tensor(int cells) {
  const std::string mx = "exp(-t)*cos(t)", my = "exp(-t)*sin(t)";
  const std::string p = "(-0.3 + exp(-2*t)*(0.3*cos(2*t) + 0.4*sin(2*t)))";
  const std::string q = "(0.4 - exp(-2*t)*(0.4*cos(2*t) - 0.3*sin(2*t)))";
  const std::string sxx = "(0.9 + " + p + ")", syy = "(0.9 - " + p + ")";
  const std::string gaussian = "normal(x, " + mx + ", sqrt(" + sxx + "))*normal(y, " + my + " + " +
                               q + "/" + sxx + "*(x - " + mx + "), sqrt(" + syy + " - " + q +
                               "^2/" + sxx + "))";
  return fokker_planck_text(
      "drift = -x - y, x - y\ndiffusion = 1, 0.7, 0.7, 0.8\n"
      "initial = normal(x, 1, sqrt(0.9))*normal(y, 0, sqrt(0.9))\nexact = " +
          gaussian,
      fmt::format("cells = {0}, {0}\nlower = -5.5, -5.5\nupper = 5.5, 5.5", cells));
}

/// Pseudo-random faces, the same on every rank: equal parts, each face moved by up to 0.35 of one.
std::string random_faces(int cells, double lower, double upper) {
  std::vector<double> faces;
  std::uint64_t state = 12345;
  for (int i = 0; i <= cells; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const double shift = (static_cast<double>(state >> 11) / 9007199254740992.0 - 0.5) * 0.7;
    const bool end = i == 0 || i == cells;
    faces.push_back(lower + (upper - lower) * (i + (end ? 0 : shift)) / cells);
  }
  return fmt::format("cells = {}\nlower = {}\nupper = {}\nspacing = faces\nx_faces = {}", cells,
                     lower, upper, fmt::join(faces, ", "));
}

}  // namespace

TEST_CASE("order in space: Ornstein-Uhlenbeck in one and two dimensions", "[convergence]") {
  require_order(climbed(ornstein_uhlenbeck(line), in_space("chebyshev", 0.5, 5)), 2);
  const std::string plane = fokker_planck_text(
      "potential = (x^2 + y^2)/2\ninitial = " + start("x", 1, 0.5) + "*" + start("y", -0.5, 0.7) +
          "\nexact = " + relaxing("x", 1, 0.5) + "*" + relaxing("y", -0.5, 0.7),
      "cells = 50, 40\nlower = -6, -6\nupper = 6, 6");
  require_order(climbed(plane, in_space("chebyshev", 0.5, 3)), 2);
}

TEST_CASE("order in space: Ornstein-Uhlenbeck in three dimensions", "[convergence]") {
  const std::string box =
      fokker_planck_text("potential = (x^2 + y^2 + z^2)/2\ninitial = " + start("x", 0.8, 0.9) +
                             "*" + start("y", -0.6, 0.9) + "*" + start("z", 0.3, 0.9) +
                             "\nexact = " + relaxing("x", 0.8, 0.9) + "*" +
                             relaxing("y", -0.6, 0.9) + "*" + relaxing("z", 0.3, 0.9),
                         "cells = 30, 30, 30\nlower = -5, -5, -5\nupper = 5, 5, 5");
  require_order(climbed(box, in_space("chebyshev", 1, 3)), 2);
}

TEST_CASE("order in space: diffusions that vanish at a border", "[convergence]") {
  // Cox-Ingersoll-Ross dX = (4 - X) dt + sqrt(2 X) dW from a gamma density of the same shape.
  const std::string feller = fokker_planck_text(
      "drift = 4 - x\ndiffusion = x\ninitial = x^3*exp(-x/0.5)/(6*0.5^4)\n"
      "exact = x^3*exp(-x/(1 - 0.5*exp(-t)))/(6*(1 - 0.5*exp(-t))^4)\n[scheme]\nform = ito",
      "cells = 100\nlower = 0\nupper = 30");
  require_order(climbed(feller, in_space("uniformization", 0.5, 4)), 2);
  // Jacobi (Wright-Fisher with mutation): Beta(5, 4) and its first mode, which decays as e^-9t.
  const std::string jacobi = fokker_planck_text(
      "drift = 5*(1 - x) - 4*x\ndiffusion = x*(1 - x)\n"
      "initial = 280*x^4*(1 - x)^3*(1 + 1.5*(x - 5/9))\n"
      "exact = 280*x^4*(1 - x)^3*(1 + 1.5*exp(-9*t)*(x - 5/9))\n[scheme]\nform = ito",
      "cells = 50\nlower = 0\nupper = 1");
  require_order(climbed(jacobi, in_space("uniformization", 0.1, 4)), 2);
}

TEST_CASE("order in space: a rotating drift with a full tensor", "[convergence]") {
  require_order(climbed(rotating_tensor(88), in_space("uniformization", 0.3, 3)), 2);
}

TEST_CASE("order in space: stretched and random grids", "[convergence]") {
  for (const std::string spacing :
       {"spacing = sinh\nstretch = 3\ncentre = 1", "spacing = geometric\nstretch = 8"}) {
    require_order(climbed(ornstein_uhlenbeck(line + "\n" + spacing), in_space("chebyshev", 0.5, 4)),
                  2);
  }
  require_order(
      climbed(ornstein_uhlenbeck(random_faces(160, -8, 8)), in_space("chebyshev", 0.5, 4)), 2);
  const std::string plane = fokker_planck_text(
      "potential = (x^2 + y^2)/2\ninitial = " + start("x", 1, 0.6) + "*" + start("y", -0.5, 0.7) +
          "\nexact = " + relaxing("x", 1, 0.6) + "*" + relaxing("y", -0.5, 0.7),
      "cells = 50, 50\nlower = -6, -6\nupper = 6, 6\nspacing = sinh, geometric\nstretch = 2, 3");
  require_order(climbed(plane, in_space("chebyshev", 0.5, 3)), 2);
}

TEST_CASE("order in space: grids that are random anew on every level", "[convergence]") {
  // No grid is a part of the next, so neighbouring widths differ as much on the finest.
  std::vector<double> spacings, l1, l2;
  for (int cells = 100; cells <= 1600; cells *= 2) {
    const BuiltProblem problem{ornstein_uhlenbeck(random_faces(cells, -8, 8))};
    const Generator generator = problem->generator(0);
    Field masses = masses_of(problem->initial(0));
    make_propagator("chebyshev", generator, 0.5, {})->advance(masses, 0);
    const Field found = densities_of(masses), exact = *problem->exact(0, 0.5);
    spacings.push_back(16.0 / cells);
    l1.push_back(l1_distance(found, exact));
    l2.push_back(l2_distance(found, exact));
  }
  CHECK(observed_order(spacings, l1).value == Approx(2).margin(0.05));
  CHECK(observed_order(spacings, l2).value == Approx(2).margin(0.05));
}

TEST_CASE("order in space: controls, upwind is of order 1, a reversed drift of none",
          "[convergence]") {
  const Ladder upwind =
      climbed(ornstein_uhlenbeck(line, "\n[scheme]\nflux = upwind"), in_space("chebyshev", 0.5, 5));
  CHECK(order_of(upwind, 0).value == Approx(1).margin(0.1));
  const Ladder right = climbed(ornstein_uhlenbeck(line), in_space("chebyshev", 0.5, 3));
  REQUIRE(right.reversed_ratio());
  CHECK(*right.reversed_ratio() > 0.9);
  const Ladder wrong = climbed(fokker_planck_text("drift = x\ninitial = " + start("x", 1, 0.5) +
                                                      "\nexact = " + relaxing("x", 1, 0.5),
                                                  line),
                               in_space("uniformization", 0.5, 3));
  CHECK(std::abs(order_of(wrong, 0).value) < 0.1);
}

TEST_CASE("order in space: against the next finer grid it is the same", "[convergence]") {
  LadderOptions options = in_space("chebyshev", 0.5, 4);
  options.reference = Reference::next;
  const Ladder ladder = climbed(ornstein_uhlenbeck(line), options);
  CHECK(std::isnan(ladder.rungs().back().errors[0]));
  require_order(ladder, 2);
  // It is blind to a wrong equation: the reversed drift converges, to something else.
  options.method = "uniformization";
  const Ladder blind =
      climbed(fokker_planck_text("drift = x\ninitial = normal(x, 1, 0.5)", line), options);
  CHECK(order_of(blind, 1).value == Approx(2).margin(0.1));
  CHECK_FALSE(blind.reversed_ratio());
}

TEST_CASE("extrapolation: entropy and mean of an Ornstein-Uhlenbeck process", "[convergence]") {
  const Ladder ladder = climbed(ornstein_uhlenbeck(line), in_space("chebyshev", 0.5, 4));
  const double variance = 1 - 0.75 * std::exp(-1.0);
  const std::vector<std::pair<std::string, double>> expected{
      {"entropy", 0.5 * std::log(2 * std::acos(-1.0) * std::exp(1.0) * variance)},
      {"mean_x", std::exp(-0.5)},
      {"second_moment", variance + std::exp(-1.0)}};
  for (const auto& [name, value] : expected) {
    const auto& all = ladder.observables();
    const auto i =
        static_cast<std::size_t>(std::ranges::find(all, name, &Observable::name) - all.begin());
    std::vector<double> values;
    for (const auto& rung : ladder.rungs()) values.push_back(rung.values[i]);
    const Limit limit = richardson(values, 2, 2);
    INFO(name);
    CHECK(limit.order == Approx(2).margin(0.05));
    CHECK(std::abs(limit.value - value) <= limit.remaining);
    CHECK(std::abs(limit.value - value) <= 0.01 * std::abs(values.back() - value));
  }
}

TEST_CASE("orders in time: as each propagator claims", "[convergence]") {
  const std::string well =
      fokker_planck_text("potential = 2*(x^2 - 1)^2\ninitial = normal(x, 0.5, 0.3)",
                         "cells = 100\nlower = -3\nupper = 3");
  const std::string turning =
      fokker_planck_text("drift = -x - 2*y, 2*x - y\ninitial = normal(x, 1, 0.5)*normal(y, 0, 0.5)",
                         "cells = 24, 24\nlower = -4, -4\nupper = 4, 4");
  for (const std::string& text : {well, turning}) {
    for (const std::string method : {"implicit_euler", "crank_nicolson", "sdirk2", "bdf2"}) {
      INFO(method);
      const Ladder ladder = climbed(text, in_time(method, 0.5, 100));
      CHECK(ladder.order() == (method == "implicit_euler" ? 1 : 2));
      require_order(ladder, ladder.order());
    }
  }
}

TEST_CASE("orders in time: coefficients that depend on it", "[convergence]") {
  // m' = -m + sin t: m = (m_0 + 1/2) e^-t + (sin t - cos t)/2.
  const std::string driven = fokker_planck_text(
      "drift = -x + sin(t)\ninitial = normal(x, 1, 0.7)\n"
      "exact = normal(x, 1.5*exp(-t) + (sin(t) - cos(t))/2, sqrt(1 - 0.51*exp(-2*t)))",
      "cells = 500\nlower = -7\nupper = 7");
  for (const std::string method :
       {"implicit_euler", "crank_nicolson", "sdirk2", "uniformization", "chebyshev"}) {
    INFO(method);
    LadderOptions options = in_time(method, 1, method == "implicit_euler" ? 80 : 40);
    options.reference = Reference::next;
    const Ladder ladder = climbed(driven, options);
    CHECK(ladder.order() == (method == "implicit_euler" ? 1 : 2));
    require_order(ladder, ladder.order());
    // That it goes to the right thing: on the finest, little more than the error in space is left.
    const BuiltProblem problem{driven};
    const double left = l1_distance(ladder.rungs().back().states.front(), *problem->exact(0, 1));
    CHECK(left <= 2 * errors_of(ladder, 0).back() + 1e-4);
  }
}

TEST_CASE("orders: in space and time together", "[convergence]") {
  LadderOptions options{.refined = Refined::both,
                        .grids = 4,
                        .method = "crank_nicolson",
                        .coarsest = steps(0.5, 20),
                        .solver = {.method = "direct"}};
  const Ladder ladder = climbed(ornstein_uhlenbeck(line), options);
  CHECK(ladder.rungs().back().dt == Approx(0.5 / 160));
  CHECK(ladder.rungs().back().h == Approx(0.02));
  require_order(ladder, 2);
}

TEST_CASE("ladder: what does not suit is refused", "[convergence]") {
  const auto refusal = [](const std::string& text, const LadderOptions& options) {
    try {
      climbed(text, options);
    } catch (const MethodError& error) {
      return error.key + ": " + error.what();
    }
    return std::string{"accepted"};
  };
  const std::string unknown = fokker_planck_text("drift = -x\ninitial = 1", line);
  LadderOptions options = in_space("chebyshev", 0.5, 3);
  CHECK_THAT(refusal(unknown, options), Catch::Contains("convergence.reference: exact needs"));
  options.reference = Reference::exponential;
  CHECK_THAT(refusal(unknown, options), Catch::Contains("stays on one grid"));
  CHECK_THAT(refusal(unknown, in_time("chebyshev", 0.5, 10)),
             Catch::Contains("time.method: has no error in time"));
  options = in_time("sdirk2", 0.5, 10);
  options.grids = 40;
  CHECK_THAT(refusal(unknown, options), Catch::Contains("convergence.levels: the finest"));
  const std::string driven = fokker_planck_text("drift = sin(t) - x\ninitial = 1", line);
  CHECK_THAT(refusal(driven, in_time("sdirk2", 0.5, 10)), Catch::Contains("do not depend on t"));
}

TEST_CASE("restriction: masses are conserved, and means are those of the parts", "[convergence]") {
  const Grid fine{{Axis{24, 0, 1}, Axis{12, 0, 2}}}, coarse{{Axis{8, 0, 1}, Axis{6, 0, 2}}};
  const Field masses = fill(fine, [&](const Index& c) { return 1.0 + 7 * c[0] + 100 * c[1]; });
  const Field joined = restricted(masses, coarse);
  CHECK(total(joined) == total(masses));
  for_each(coarse.owned(), [&](const Index& c) {
    double parts = 0;
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 2; ++j) parts += 1.0 + 7 * (3 * c[0] + i) + 100 * (2 * c[1] + j);
    }
    CHECK(joined[c] == parts);
  });
  CHECK_THROWS_AS(restricted(masses, Grid{{Axis{7, 0, 1}, Axis{6, 0, 2}}}), std::invalid_argument);
}
