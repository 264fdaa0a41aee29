#include "solvers/propagator.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "solvers/chebyshev.hpp"
#include "solvers/functionals.hpp"
#include "solvers/steady_state.hpp"
#include "solvers/uniformization.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const SolverOptions exactly{.method = "direct"};

/// A double well on a coarse grid; small enough for dense matrices.
std::string double_well(const std::string& initial = "exp(-((x-1)^2 + y^2)/0.5)") {
  return "[problem]\nkind = fokker_planck\npotential = 2*(x^2-1)^2 + y^2\ninitial = " + initial +
         "\n[grid]\ncells = 11, 9\nlower = -2, -2\nupper = 2, 2\n";
}

/// A rotating drift: no detailed balance.
const std::string rotation =
    "[problem]\nkind = fokker_planck\ndrift = -x - 2*y, 2*x - y\n"
    "initial = exp(-((x-1)^2 + y^2)/0.5)\n[grid]\ncells = 10, 9\nlower = -3, -3\nupper = 3, 3\n";

std::vector<double> exact_state(const Generator& generator, const Field& start, double time) {
  Dense a = dense(generator.forward(), generator.grid());
  for (auto& row : a) {
    for (double& value : row) value *= time;
  }
  return times(exponential(a), everywhere(start));
}

Field after(const Generator& generator, const Field& start, const std::string& method, double end,
            int steps) {
  Field p = start;
  const auto propagator = make_propagator(method, generator, end / steps, exactly);
  for (int n = 0; n < steps; ++n) propagator->advance(p, n);
  return p;
}

/// The matrix of one step, column by column.
Dense matrix_of(const Generator& generator, const std::string& method, double tau) {
  const Grid& grid = generator.grid();
  const auto n = static_cast<std::size_t>(grid.cells());
  Dense columns;
  for (std::size_t j = 0; j < n; ++j) {
    std::vector<double> unit(n, 0);
    unit[j] = 1;
    Field p = from_natural(grid, unit);
    make_propagator(method, generator, tau, exactly)->advance(p, 0);
    columns.push_back(everywhere(p));
  }
  return columns;
}

double least_entry(const Dense& matrix) {
  double least = 1;
  for (const auto& row : matrix) {
    for (const double value : row) least = std::min(least, value);
  }
  return least;
}

}  // namespace

TEST_CASE("propagators: orders in time are 1, 2, 2, 2", "[propagator]") {
  for (const std::string& text : {double_well(), rotation}) {
    const BuiltProblem problem{text};
    const Generator generator = problem->generator(0);
    const Field start = problem->initial(0);
    const double end = 0.5;
    const auto exact = exact_state(generator, start, end);
    for (const auto& entry : propagators()) {
      if (entry.exact) continue;
      std::vector<double> steps, errors;
      for (int n = 256; n <= 2048; n *= 2) {
        const Field p = after(generator, start, std::string{entry.name}, end, n);
        steps.push_back(end / n);
        errors.push_back(largest_difference(everywhere(p), exact));
      }
      const int order = entry.name == "implicit_euler" ? 1 : 2;
      INFO(entry.name);
      CHECK(make_propagator(entry.name, generator, 0.1, exactly)->order() == order);
      CHECK(slope(steps, errors) == Approx(order).margin(0.05));
    }
  }
}

TEST_CASE("propagators: exponentials agree with the dense one and each other", "[propagator]") {
  const BuiltProblem well{double_well()}, turning{rotation};
  for (const double time : {1e-4, 0.01, 0.3, 5.0}) {
    const Generator balanced{well->rates(0), well->log_weight(0)};
    const Generator driven{turning->rates(0), turning->log_weight(0)};
    INFO("t = " << time);
    const auto exact = exact_state(balanced, well->initial(0), time);
    const auto uniform = everywhere(after(balanced, well->initial(0), "uniformization", time, 1));
    const auto chebyshev = everywhere(after(balanced, well->initial(0), "chebyshev", time, 1));
    CHECK(largest_difference(uniform, exact) <= 1e-12);
    CHECK(largest_difference(chebyshev, exact) <= 1e-12);
    CHECK(largest_difference(chebyshev, uniform) <= 1e-12);
    const auto krylov = everywhere(after(balanced, well->initial(0), "mfn", time, 1));
    CHECK(largest_difference(krylov, exact) <= 1e-12);
    CHECK(largest_difference(krylov, chebyshev) <= 1e-12);
    CHECK(largest_difference(
              everywhere(after(driven, turning->initial(0), "uniformization", time, 1)),
              exact_state(driven, turning->initial(0), time)) <= 1e-12);
  }
}

TEST_CASE("propagators: mass and steady state are kept", "[propagator]") {
  const BuiltProblem problem{double_well()};
  const Generator generator = problem->generator(0);
  const Field w = closed_form(generator, 1).density;
  for (const auto& entry : propagators()) {
    INFO(entry.name);
    const Field p = after(generator, problem->initial(0), std::string{entry.name}, 1, 20);
    CHECK(std::abs(mass(p) - 1) <= 1e-13);
    const Field kept = after(generator, w, std::string{entry.name}, 1, 20);
    CHECK(l1_distance(kept, w) <= 1e-12);
  }
}

TEST_CASE("propagators: non-negative up to the step that is claimed", "[propagator]") {
  const BuiltProblem problem{
      "[problem]\nkind = fokker_planck\npotential = 0*x\ninitial = 1\n"
      "[grid]\ncells = 12\nlower = 0\nupper = 12\n"};
  const Generator generator = problem->generator(0);
  for (const auto& entry : propagators()) {
    const std::string name{entry.name};
    if (name == "crank_nicolson" || name == "chebyshev") continue;  // start, round-off
    const double limit = make_propagator(name, generator, 1, exactly)->positive_up_to();
    INFO(name << " up to " << limit);
    if (limit == 0) continue;
    const double allowed = std::isinf(limit) ? 1000 : limit;
    CHECK(least_entry(matrix_of(generator, name, allowed / generator.largest_outflow())) >= 0);
    if (std::isinf(limit)) continue;
    // The limit is sufficient; far beyond it each of them does fail.
    const double beyond = 10 * limit / generator.largest_outflow();
    CHECK(least_entry(matrix_of(generator, name, beyond)) < 0);
  }
}

TEST_CASE("propagators: contraction bounds what a step does to the distance", "[propagator]") {
  const BuiltProblem problem{double_well("exp(-((x-1)^2 + y^2)/0.02)")};
  const Generator generator = problem->generator(0);
  const SteadyState w = closed_form(generator, 1);
  const double top = 2 * generator.largest_outflow();
  for (const auto& entry : propagators()) {
    for (const double tau : {1e-3, 0.1, 3.0}) {
      const auto propagator = make_propagator(entry.name, generator, tau, exactly);
      const double bound = propagator->contraction(0, top);
      if (std::isinf(bound)) continue;
      Field p = problem->initial(0);
      double before = std::sqrt(chi_square(p, w.log_density));
      for (int n = 0; n < 6; ++n) {
        propagator->advance(p, n);
        const double now = std::sqrt(chi_square(p, w.log_density));
        INFO(entry.name << ", tau = " << tau << ", step " << n);
        CHECK(now <= before * bound * (1 + 1e-10) + 1e-12);
        before = now;
      }
    }
  }
}

TEST_CASE("propagators: control, Crank-Nicolson without its start goes negative", "[propagator]") {
  const BuiltProblem problem{
      "[problem]\nkind = fokker_planck\npotential = x^2/2\ninitial = abs(x - 0.05) < 0.05\n"
      "[grid]\ncells = 100\nlower = -5\nupper = 5\n"};
  const Generator generator = problem->generator(0);
  const Field start = problem->initial(0);
  CHECK(least(after(generator, start, "crank_nicolson_plain", 0.2, 1)) < -1);
  CHECK(least(after(generator, start, "crank_nicolson", 0.2, 10)) > -1e-3);
  CHECK(least(after(generator, start, "uniformization", 0.2, 1)) > 0);
  CHECK(least(after(generator, start, "implicit_euler", 0.2, 1)) > 0);
}

TEST_CASE("propagators: weights and coefficients for any length of step", "[propagator]") {
  for (const double mean : {0.0, 1e-8, 0.5, 3.0, 50.0, 1e3, 1e6}) {
    const auto weights = poisson_weights(mean);
    const auto& w = weights.values;
    const double total = std::accumulate(w.begin(), w.end(), 0.0);
    double first = 0, second = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      const double k = weights.first + static_cast<double>(i);
      first += w[i] * k;
      second += w[i] * (k - mean) * (k - mean);
    }
    INFO("mean " << mean);
    CHECK(std::abs(total - 1) <= 1e-13);
    CHECK(first == Approx(mean).epsilon(1e-12).margin(1e-15));
    CHECK(second == Approx(mean).epsilon(1e-10).margin(1e-15));
    CHECK(static_cast<double>(w.size()) <= 40 + 20 * std::sqrt(mean));
  }
  for (const double s : {0.0, 1e-6, 0.1, 2.0, 40.0, 1e3, 1e6}) {
    // At y = 1 - 2 theta the sum must be e^(-2 theta s): T_k(cos a) = cos(k a).
    const auto c = chebyshev_coefficients(s);
    for (const double theta : {0.0, 1e-4, 0.1, 0.5, 1.0}) {
      const double angle = std::acos(1 - 2 * theta);
      double sum = 0;
      for (std::size_t k = 0; k < c.size(); ++k)
        sum += c[k] * std::cos(static_cast<double>(k) * angle);
      INFO("s = " << s << ", theta = " << theta << ", " << c.size() << " terms");
      CHECK(std::abs(sum - std::exp(-2 * theta * s)) <= 1e-12);
    }
    CHECK(static_cast<double>(c.size()) <= 30 + 9 * std::sqrt(s));
  }
}

TEST_CASE("propagators: a truncated exponential errs by less than it says", "[propagator]") {
  const BuiltProblem problem{double_well("exp(-((x-1)^2 + y^2)/0.05)")};
  const Generator generator = problem->generator(0);
  constexpr double tau = 0.4;
  const auto exact = exact_state(generator, problem->initial(0), tau);
  for (const auto& entry : propagators()) {
    if (!entry.exact) continue;
    int products = std::numeric_limits<int>::max();
    for (const double truncation : {1e-9, 1e-6, 1e-3}) {
      const auto propagator =
          make_propagator(entry.name, generator, tau, {.truncation = truncation});
      Field m = masses_of(problem->initial(0));
      propagator->start_from(m);
      const SolveReport report = propagator->advance(m, 0);
      const Field p = densities_of(m);
      double error = 0;
      const auto found = everywhere(p);
      for (std::size_t i = 0; i < found.size(); ++i) error += std::abs(found[i] - exact[i]);
      error *= p.grid().smallest_volume();
      INFO(entry.name << " to " << truncation << ": error " << error << ", said " << report.residual
                      << ", " << report.iterations << " products");
      CHECK(error <= truncation + 1e-12);
      CHECK(report.residual <= truncation + 1e-9);
      CHECK(report.iterations <= products);
      CHECK(std::abs(total(m) - 1) <= 1e-14);
      if (entry.name == "uniformization") CHECK(least(p) >= 0);
      if (entry.name == "mfn") continue;  // its own estimate of its error, and blocks of 30 vectors
      // Not to round-off: the last term that was kept is of the size of the truncation.
      CHECK(error >= 1e-4 * truncation);
      CHECK(report.iterations < products);
      products = report.iterations;
    }
  }
}

TEST_CASE("propagators: chebyshev is refused where it would enlarge rounding", "[propagator]") {
  // Deep wells between high walls, which the start reaches: its size in the norm of chi-square is
  // 1e18 times its mass.
  const BuiltProblem problem{
      "[problem]\nkind = fokker_planck\npotential = (x^2-1)^2/0.25\ninitial = normal(x, 0, 0.5)\n"
      "[grid]\ncells = 200\nlower = -2.5\nupper = 2.5\n"};
  const Generator generator = problem->generator(0);
  Field m = masses_of(problem->initial(0));
  const auto chebyshev = make_propagator("chebyshev", generator, 0.5, exactly);
  CHECK_THROWS_WITH(chebyshev->start_from(m), Catch::Contains("would change masses by up to"));
  CHECK_THROWS_AS(chebyshev->advance(m, 0), SolverError);
  CHECK_THROWS_WITH(chebyshev->start_backward_from(Field{generator.grid(), 1}),
                    Catch::Contains("would change expectations"));
  // What it is refused for: the same polynomial by itself.
  const double rate = generator.spectral_bound() / 2;
  const auto l1_to = [&](Field a, const Field& b) {
    check(VecAXPY(a.vector(), -1, b.vector()));
    double norm = 0;
    check(VecNorm(a.vector(), NORM_1, &norm));
    return norm;
  };
  Field wrong{m}, right{m}, other{m};
  JumpMatrix{generator, rate}.apply(
      {.factor = 2, .kept = -1, .weights = chebyshev_coefficients(0.5 * rate)},
      JumpMatrix::Direction::forward, wrong);
  make_propagator("uniformization", generator, 0.5, exactly)->advance(right, 0);
  make_propagator("mfn", generator, 0.5, exactly)->advance(other, 0);
  CHECK(l1_to(wrong, right) > 1e-3);
  CHECK(l1_to(other, right) < 1e-10);
  // From within the wells it is as good as the others.
  const BuiltProblem near{
      "[problem]\nkind = fokker_planck\npotential = (x^2-1)^2/0.25\n"
      "initial = exp(-(x^2-1)^2/0.2 + x)\n[grid]\ncells = 200\nlower = -2.5\nupper = 2.5\n"};
  Field a = masses_of(near->initial(0)), b{a};
  chebyshev->start_from(a);
  chebyshev->advance(a, 0);
  make_propagator("uniformization", generator, 0.5, exactly)->advance(b, 0);
  CHECK(l1_to(a, b) < 1e-10);
}

TEST_CASE("propagators: mass is kept to 1e-13 per unit of time on stiff problems", "[propagator]") {
  const BuiltProblem problem{
      "[problem]\nkind = fokker_planck\npotential = (x^2-1)^2/0.25\ninitial = normal(x, -1, 0.2)\n"
      "[grid]\ncells = 600\nlower = -2\nupper = 2\n"};
  const Generator generator = problem->generator(0);
  for (const auto& entry : propagators()) {
    const auto propagator = make_propagator(entry.name, generator, 0.25, exactly);
    Field m = masses_of(problem->initial(0));
    for (int n = 0; n < 4; ++n) propagator->advance(m, n);
    INFO(entry.name << ", tau max|a_ii| = " << propagator->stiffness());
    CHECK(std::abs(total(m) - 1) <= 1e-13);
  }
}

TEST_CASE("propagators: duality of forward and backward steps", "[propagator]") {
  for (const std::string& text : {double_well(), rotation}) {
    const BuiltProblem problem{text};
    const Generator generator = problem->generator(0);
    const Grid& grid = generator.grid();
    const Field g = fill(grid, [&](const Index& cell) {
      const Point x = grid.centre(cell);
      return x[0] - 0.3 * x[1] * x[1];
    });
    for (const auto& entry : propagators()) {
      if (entry.name == "bdf2" || (entry.name == "chebyshev" && !generator.reversible())) continue;
      for (const double tau : {1e-3, 0.1, 10.0}) {
        constexpr int steps = 5;
        Field p = problem->initial(0), h = g, wrong = g;
        const auto forward = make_propagator(entry.name, generator, tau, exactly);
        for (int n = 0; n < steps; ++n) forward->advance(p, n);
        for (int n = steps - 1; n >= 0; --n) forward->advance_backward(h, n);
        double left = 0, right = 0;
        check(VecDot(g.vector(), p.vector(), &left));
        check(VecDot(h.vector(), problem->initial(0).vector(), &right));
        INFO(entry.name << ", tau = " << tau);
        double size = 0;
        check(VecNorm(p.vector(), NORM_1, &size));
        CHECK(std::abs(left - right) <=
              1e-12 * largest(transformed(g, [](double x) { return std::abs(x); })) * size);
        CHECK(largest(h) <= largest(g) + (entry.name == "implicit_euler" ? 1e-12 : 10.0));
        // Control: the density's own propagator is not that of expectations.
        for (int n = 0; n < steps; ++n) forward->advance(wrong, n);
        check(VecDot(wrong.vector(), problem->initial(0).vector(), &right));
        CHECK(std::abs(left - right) > 1e-6 * std::abs(left));
      }
    }
  }
}

TEST_CASE("propagators: backward keeps constants, for every solver", "[propagator]") {
  for (const std::string& text : {double_well(), rotation}) {
    const BuiltProblem problem{text};
    const Generator generator = problem->generator(0);
    for (const auto& method : solver_methods()) {
      if (method.name == "cg_icc" && !generator.reversible()) continue;
      const SolverOptions options{.method = std::string{method.name}, .tolerance = 1e-13};
      Field g{generator.grid(), 2.5};
      make_propagator("implicit_euler", generator, 0.2, options)->advance_backward(g, 0);
      INFO(method.name);
      CHECK(largest(g) == Approx(2.5).epsilon(1e-9));
      CHECK(least(g) == Approx(2.5).epsilon(1e-9));
    }
  }
}

TEST_CASE("propagators: what does not fit is refused, and why", "[propagator]") {
  const BuiltProblem turning{rotation}, well{double_well()};
  const Generator driven{turning->rates(0), turning->log_weight(0)};
  const Generator balanced{well->rates(0), well->log_weight(0)};
  CHECK_THROWS_WITH(make_propagator("chebyshev", driven, 1, exactly),
                    Catch::Contains("needs detailed balance"));
  CHECK_THROWS_WITH(make_propagator("uniformization", balanced, 1e9, exactly),
                    Catch::Contains("products, at most 1e7"));
  CHECK_THROWS_WITH(make_propagator("chebyshev", balanced, 1e16, exactly),
                    Catch::Contains("products, at most 1e7"));
}
