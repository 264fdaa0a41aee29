/// Osmosis on a few cells: the problem osmosis_box, and its evolution by six methods against dense
/// matrices and the reference numbers of tests/reference/osmosis8.json.

#include <catch2/catch.hpp>
#include <cmath>

#include "problems/osmosis_box.hpp"
#include "solvers/dissipation.hpp"
#include "solvers/functionals.hpp"
#include "solvers/steady_state.hpp"
#include "studies/osmosis/osmosis_methods.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const std::string eight =
    "[problem]\nkind = osmosis_box\n"
    "initial_values = 0.9, 0.2, 0.4, 1.5, 0.7, 1.1, 0.3, 0.5\n"
    "guidance_values = 0.5, 1.2, 0.8, 2.0, 1.5, 0.6, 0.9, 1.7\n"
    "[grid]\ncells = 8\nlower = 0\nupper = 8\n";

const std::string pixels =
    "[problem]\nkind = osmosis_box\ninitial = 0.2 + (x > 4) * (y < 3) + 0.05*x\n"
    "noise_seed = 5\nnoise_deviation = 1\nnoise_offset = 4\n"
    "[grid]\ncells = 9, 7\nlower = 0, 0\nupper = 9, 7\n";

/// Solves a dense system by elimination with pivots.
std::vector<double> solved(Dense a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i) {
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    }
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

Schedule steps(double step, int count) {
  return {.step = step, .steps = count, .tolerance = 0, .outputs = {0, count}};
}

}  // namespace

TEST_CASE("osmosis_box: numbers and noise stand in natural order on any ranks",
          "[osmosis_theorem]") {
  const BuiltProblem problem{eight};
  const Json json = reference("osmosis8.json").get_child("h1");
  CHECK(everywhere(problem->initial(0)) == numbers(json.get_child("f")));
  CHECK(everywhere(*problem->stationary(0)) == numbers(json.get_child("v")));
  const Dense a = dense(problem->generator(0).forward(), problem->grid());
  std::size_t i = 0;
  for (const auto& row : json.get_child("A")) {
    CHECK(largest_difference(a[i++], numbers(row.second)) <= 1e-14);
  }
  const BuiltProblem noisy{pixels};
  const Field noise = standard_noise(noisy->grid(), 5);
  CHECK(everywhere(*noisy->stationary(0))[10] == Approx(everywhere(noise)[10] + 4).epsilon(1e-15));
}

TEST_CASE("osmosis_theorem: six methods against dense matrices, lines and planes",
          "[osmosis_theorem]") {
  for (const std::string& text : {eight, pixels}) {
    const BuiltProblem problem{text};
    const Generator generator = problem->generator(0);
    const Field f = problem->initial(0);
    const SteadyState w = closed_form(generator, mass(f));
    const int count = 10;
    OsmosisMethods methods{generator, f, w.log_density, steps(1, count), {.tolerance = 1e-12}};
    for (int n = 0; n < count; ++n) methods.advance(n);

    const Dense a = dense(generator.forward(), problem->grid());
    Dense system = a, scaled = a;
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (std::size_t j = 0; j < a.size(); ++j) {
        system[i][j] = (i == j ? 1 : 0) - a[i][j];
        scaled[i][j] = count * a[i][j];
      }
    }
    auto euler = everywhere(f);
    for (int n = 0; n < count; ++n) euler = solved(system, euler);
    const auto exact = times(exponential(scaled), everywhere(f));
    for (const auto& runner : methods.runners()) {
      INFO(runner.name);
      CHECK(largest_difference(everywhere(densities_of(runner.masses)),
                               runner.implicit ? euler : exact) <= 1e-10);
    }
    // The two families are far apart: the comparison can tell them.
    CHECK(largest_difference(euler, exact) > 1e-4);
    CHECK(methods.extremes().mass_defect <= 1e-12);
    CHECK(methods.extremes().lyapunov < 0);
    CHECK(methods.extremes().decrease < 0);
    CHECK(methods.extremes().least > 0);
  }
}

TEST_CASE("osmosis_theorem: L and its slope along the exact flow are those of the reference",
          "[osmosis_theorem]") {
  const BuiltProblem problem{eight};
  const Generator generator = problem->generator(0);
  const Field f = problem->initial(0);
  const SteadyState w = closed_form(generator, mass(f));
  const auto entropy = phi_entropy("relative_entropy").make(1);
  const Json states = reference("osmosis8.json").get_child("h1.exact");
  for (const auto& [key, entry] : states) {
    const double time = entry.get<double>("t");
    if (time == 0 || time > 10) continue;
    Field masses = masses_of(f);
    make_propagator("uniformization", generator, time, {})->advance(masses, 0);
    const Field u = densities_of(masses);
    INFO("t = " << time);
    CHECK(largest_difference(everywhere(u), numbers(entry.get_child("u"))) <= 1e-13);
    CHECK(std::abs(lyapunov(u, w.log_density) - entry.get<double>("L")) <= 1e-13);
    CHECK(production(*entropy, generator, Beside{u, w.log_density}) ==
          Approx(entry.get<double>("dL_dt")).epsilon(1e-11));
  }
}
