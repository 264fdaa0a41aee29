/// Noise that grows with the state, in three readings: laws, Euler's steps, densities on the grid.

#include <catch2/catch.hpp>
#include <cmath>

#include "studies/score/forms_on_grid.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const QuadraticNoise noise{};  // v = -x, Sigma = 2 (1 + x^2/4)

std::string problem_text(const std::string& diffusion) {
  return "[problem]\nkind = fokker_planck\ndrift = -x\ndiffusion = " + diffusion +
         "\ninitial = normal(x, 0, sqrt(0.5))\n[scheme]\nform = ito\n[grid]\ncells = 400\n"
         "lower = -1000\nupper = 1000\nspacing = sinh\nstretch = 7.6\n";
}

}  // namespace

TEST_CASE("ito_fick: second moments of the three forms", "[ito_fick]") {
  for (const double t : {0.0, 0.3, 1.0, 2.0}) {
    CHECK(noise.second_moment(Form::ito, 0.5, t) ==
          Approx(4.0 / 3 - 5.0 / 6 * std::exp(-1.5 * t)).epsilon(1e-14));
    CHECK(noise.second_moment(Form::stratonovich, 0.5, t) ==
          Approx(2 - 1.5 * std::exp(-t)).epsilon(1e-14));
    CHECK(noise.second_moment(Form::fick, 0.5, t) ==
          Approx(4 - 3.5 * std::exp(-0.5 * t)).epsilon(1e-14));
  }
  for (const Form form : all_forms) {
    CHECK(noise.even_moment(form, 1, 0.5, 1.5) ==
          Approx(noise.second_moment(form, 0.5, 1.5)).epsilon(1e-10));
    // Euler's recursion tends to the law with order 1.
    const double exact = noise.second_moment(form, 0.5, 1);
    const double coarse = noise.euler_second_moment(form, 0.5, 1.0 / 200, 200) - exact;
    const double fine = noise.euler_second_moment(form, 0.5, 1.0 / 400, 400) - exact;
    CHECK(std::log2(coarse / fine) == Approx(1).margin(0.02));
  }
  for (const Form form : all_forms) {
    const auto fourth = [&](int steps) {
      return noise.euler_fourth_moment(form, 0.5, 1.0 / steps, steps);
    };
    CHECK(2 * fourth(8000) - fourth(4000) ==
          Approx(noise.even_moment(form, 2, 0.5, 1)).epsilon(1e-6));
  }
  // Ito's E X^4 tends to 12 (4/3) = 16, and the tails are those of w by closed forms.
  CHECK(noise.even_moment(Form::ito, 2, 0.5, 20) == Approx(16).epsilon(1e-6));
  CHECK(noise.stationary_tail(Form::ito, 2, 1e-12) == Approx(4.0 / 3).epsilon(1e-9));
  CHECK(noise.stationary_tail(Form::stratonovich, 2, 1e-12) == Approx(2).epsilon(1e-9));
}

TEST_CASE("ito_fick: the coefficients are read off the equation", "[ito_fick]") {
  const BuiltProblem problem{problem_text("1 + x^2/4")};
  const auto found = quadratic_noise(*problem->equation(), problem->grid());
  REQUIRE(found);
  CHECK(found->pull == 1);
  CHECK(found->floor == 1);
  CHECK(found->growth == 0.25);
  const BuiltProblem other{problem_text("1 + x^2/4 + 0.01*x^4")};
  CHECK(!quadratic_noise(*other->equation(), other->grid()));
}

TEST_CASE("ito_fick: particles follow the law of their form, on any number of ranks",
          "[ito_fick]") {
  const PathPlan plan{.particles = 20'001, .step = 1.0 / 64, .steps = 64, .every = 32};
  for (const Form form : all_forms) {
    const auto paths = noisy_paths(PETSC_COMM_WORLD, noise, form, plan, {});
    const double second = noise.euler_second_moment(form, 0.5, plan.step, 64);
    const double fourth = noise.even_moment(form, 2, 0.5, 1);
    const double error = std::sqrt((fourth - second * second) / 20'001);
    CHECK(std::abs(paths.second_moments.back() - second) <= 4 * error);
    const auto alone = noisy_paths(PETSC_COMM_SELF, noise, form, plan, {});
    CHECK(paths.second_moments == alone.second_moments);
    CHECK(paths.fourth_moments == alone.fourth_moments);
    const double eighth = noise.even_moment(form, 4, 0.5, 0.5);
    const double euler = noise.euler_fourth_moment(form, 0.5, plan.step, 32);
    CHECK(std::abs(paths.fourth_moments[1] - euler) <= 4 * std::sqrt(eighth / 20'001));
    CHECK(paths.histogram == alone.histogram);
    if (form != Form::ito) continue;
    // Control: Fick's law for Ito's steps.
    CHECK(std::abs(paths.second_moments.back() - noise.second_moment(Form::fick, 0.5, 1)) >
          10 * error);
  }
}

TEST_CASE("ito_fick: the grid has the law and the steady state of each form", "[ito_fick]") {
  const Parameters parameters;
  const BuiltProblem coarse{problem_text("1 + x^2/4")}, fine{problem_text("1 + x^2/4"), 2};
  const Schedule schedule{.step = 0.25, .steps = 2, .tolerance = 0, .outputs = {2}};
  for (const Form form : all_forms) {
    const auto a = run_form(*coarse, parameters, noise, form, "uniformization", schedule);
    const auto b = run_form(*fine, parameters, noise, form, "uniformization", schedule);
    CHECK(std::log2(a.steady_error / b.steady_error) == Approx(2).margin(0.15));
    const double exact = noise.second_moment(form, 0.5, 0.5);
    CHECK(std::abs(b.second_moments.back() - exact) <=
          1.5 / 3 * std::abs(a.second_moments.back() - b.second_moments.back()) * 1.5);
    CHECK(b.least >= 0);
    double inside = 0;
    for (const double share : in_bins(b.densities.back(), {})) inside += share;
    CHECK(inside == Approx(1).margin(1e-2));
  }
}
