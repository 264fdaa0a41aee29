/// Moments, forward and backward equation of the Ornstein-Uhlenbeck process against the reference
/// numbers of tests/reference/counterexamples.json.

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "solvers/functionals.hpp"
#include "studies/flow/reversed_drift.hpp"
#include "studies/operators/backward_equation.hpp"
#include "studies/operators/forward_moments.hpp"
#include "studies/operators/linear_drift_law.hpp"
#include "studies/operators/path_moments.hpp"
#include "studies/operators/weighted_fit.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const OrnsteinUhlenbeckTransition standard{};

double normal_density(double x) {
  return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
}

std::string problem_text(int cells) {
  return "[problem]\nkind = ornstein_uhlenbeck\nmeans = 0.5\nsds = 0.5\n[grid]\ncells = " +
         std::to_string(cells) + "\nlower = -24\nupper = 24\n";
}

Moments start(double mean, double variance) {
  Moments moments;
  moments.mean[0] = mean;
  moments.covariance[0][0] = variance;
  return moments;
}

Schedule steps(double end, int count) {
  return {.step = end / count, .steps = count, .tolerance = 0, .outputs = {0, count}};
}

}  // namespace

TEST_CASE("feller_moments: exact moments are those of the reference", "[feller_moments]") {
  const Json cases = reference("counterexamples.json").get_child("peter_eq23");
  for (const auto& [key, entry] : cases) {
    const double h = entry.get<double>("h"), u = entry.get<double>("u");
    INFO("h = " << h);
    CHECK(standard.moment(1, u, h) == Approx(entry.get<double>("m1_conditional")).epsilon(1e-13));
    CHECK(standard.moment(2, u, h) == Approx(entry.get<double>("m2_conditional")).epsilon(1e-13));
    CHECK(normal_density(u) * standard.moment(1, u, h) ==
          Approx(entry.get<double>("m1_joint")).epsilon(1e-13));
    CHECK(standard.limit(1, u) == numbers(entry.get_child("limit"))[0]);
    CHECK(standard.limit(2, u) == numbers(entry.get_child("limit"))[1]);
  }
}

TEST_CASE("feller_moments: other rates and scales are the standard process in other units",
          "[feller_moments]") {
  const OrnsteinUhlenbeckTransition other{.theta = 2,
                                          .diffusion = 0.5};  // x in units of 1/2, t of 1/2
  CHECK(other.moment(1, 0.4, 0.05) == Approx(standard.moment(1, 0.8, 0.1)));
  CHECK(other.moment(2, 0.4, 0.05) == Approx(0.5 * standard.moment(2, 0.8, 0.1)));
  const auto p = other.density(0.25, 0.35, 0.15), q = standard.density(0.5, 0.7, 0.3);
  CHECK(p.value == Approx(2 * q.value));
  CHECK(p.in_time == Approx(4 * q.in_time));
  CHECK(p.generator == Approx(4 * q.generator));
}

TEST_CASE("feller_moments: paths have the moments, whatever the number of ranks",
          "[feller_moments]") {
  const std::int64_t paths = 200'000;
  const PathMoments found = path_moments(PETSC_COMM_WORLD, standard, 0.8, 0.1, paths, 7, 3);
  CHECK(found.deviation(1, found.exact[0]) <= 4);
  CHECK(found.deviation(2, found.exact[1]) <= 4);
  CHECK(found.deviation(2, found.limit[1]) > 10);
  const PathMoments alone = path_moments(PETSC_COMM_SELF, standard, 0.8, 0.1, paths, 7, 3);
  CHECK(found.estimate[0] == Approx(alone.estimate[0]).epsilon(1e-12));
  CHECK(found.estimate[1] == Approx(alone.estimate[1]).epsilon(1e-12));
  const PathMoments other = path_moments(PETSC_COMM_WORLD, standard, 0.8, 0.1, paths, 8, 3);
  CHECK(found.estimate[0] != other.estimate[0]);
  // The standard error is that of theory: the spread of eight seeds is of its size.
  double squares = 0;
  for (std::uint64_t seed = 10; seed < 18; ++seed) {
    const auto m = path_moments(PETSC_COMM_WORLD, standard, 0.8, 0.1, paths / 8, seed, 0);
    squares += std::pow((m.estimate[1] - m.exact[1]) / m.error[1], 2);
  }
  CHECK(squares > 1.3);  // chi-square of 8: 0.5 % to 99.5 %
  CHECK(squares < 22);
}

TEST_CASE("feller_moments: a parabola is fitted exactly, with the errors of theory",
          "[feller_moments]") {
  const std::vector<double> x{0.1, 0.2, 0.4, 0.8}, sigma{1, 1, 1, 1};
  std::vector<double> y;
  for (const double t : x) y.push_back(3 - 2 * t + 5 * t * t);
  const Parabola fit = fit_parabola(x, y, sigma);
  CHECK(fit.coefficients[0] == Approx(3).epsilon(1e-12));
  CHECK(fit.coefficients[1] == Approx(-2).epsilon(1e-12));
  CHECK(fit.coefficients[2] == Approx(5).epsilon(1e-12));
  // Each number's part in a coefficient is what that number alone gives: errors add in squares.
  for (std::size_t i = 0; i < 3; ++i) {
    double variance = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
      std::vector<double> unit(x.size(), 0);
      unit[k] = 1;
      variance += std::pow(fit_parabola(x, unit, sigma).coefficients[i], 2);
    }
    CHECK(fit.errors[i] == Approx(std::sqrt(variance)).epsilon(1e-12));
  }
}

TEST_CASE("feller_moments: the variance with both signs is that of the reference",
          "[feller_moments]") {
  const Json cases = reference("counterexamples.json").get_child("peter_eq24_sign_OU");
  for (const auto& [key, entry] : cases) {
    const double t = entry.get<double>("t");
    for (const double mean : {0.0, 0.7}) {
      const Moments initial = start(mean, entry.get<double>("var0"));
      CHECK(LinearDriftLaw{standard, initial, -1}.variance(t) ==
            Approx(entry.get<double>("var_correct")).epsilon(1e-13));
      CHECK(LinearDriftLaw{standard, initial, +1}.variance(t) ==
            Approx(entry.get<double>("var_printed")).epsilon(1e-13));
    }
  }
}

TEST_CASE("feller_moments: the scheme's error in the variance is as predicted, both signs",
          "[feller_moments]") {
  for (const int sign : {-1, 1}) {
    const BuiltProblem problem{problem_text(480)};
    const LinearDriftLaw law{standard, start(0.5, 0.25), sign};
    const Generator forward = problem->generator(0), reversed = with_drift_reversed(forward);
    const auto run = forward_moments(sign < 0 ? forward : reversed, problem->initial(0),
                                     "uniformization", steps(0.8, 8));
    for (std::size_t n = 0; n < run.times.size(); ++n) {
      const double t = run.times[n], bias = law.variance_bias(t, 0.1);
      INFO("sign " << sign << ", t = " << t << ", bias " << bias);
      // The rest is O(h^4), relative to the bias O(h^2).
      CHECK(std::abs(run.variance[n] - law.variance(t) - bias) <= 0.02 * std::abs(bias));
      CHECK(run.mean[n] == Approx(law.mean(t)).epsilon(0.1 * 0.1));
    }
  }
}

TEST_CASE("feller_moments: the transition density solves the backward equation",
          "[feller_moments]") {
  const Json entry = reference("counterexamples.json").get_child("peter_eq25_sign");
  const double y = entry.get<double>("x"), x = entry.get<double>("y"), s = entry.get<double>("s");
  const auto p = standard.density(y, s, x);
  // dp/dtau = -dp/ds.
  CHECK(-p.in_time == Approx(entry.get<double>("dp_dtau")).epsilon(1e-13));
  CHECK(p.generator == Approx(entry.get<double>("generator_term")).epsilon(1e-13));
  CHECK(std::abs(p.in_time - p.generator) <= 1e-15);
  CHECK(std::abs(-p.in_time - p.generator) ==
        Approx(entry.get<double>("residual_printed")).epsilon(1e-13));
  // Both derivatives by differences of order 4.
  const auto value = [&](double time, double at) { return standard.density(y, time, at).value; };
  const double e = 1e-3;
  const auto first = [&](auto&& f) {
    return (8 * (f(e) - f(-e)) - (f(2 * e) - f(-2 * e))) / (12 * e);
  };
  const auto second = [&](auto&& f) {
    return (16 * (f(e) + f(-e)) - (f(2 * e) + f(-2 * e)) - 30 * f(0)) / (12 * e * e);
  };
  const auto in_x = [&](double d) { return value(s, x + d); };
  CHECK(first([&](double d) { return value(s + d, x); }) == Approx(p.in_time).epsilon(1e-8));
  CHECK(second(in_x) - x * first(in_x) == Approx(p.generator).epsilon(1e-8));
}

TEST_CASE("feller_moments: backward equation on the grid: dual, of order 2, no sampler",
          "[feller_moments]") {
  std::vector<double> widths, errors;
  for (const int cells : {240, 480, 960}) {
    const BuiltProblem problem{problem_text(cells)};
    const Residuals r = transition_residuals(problem->generator(0), standard, 0.5, 0.7, 3);
    widths.push_back(r.h);
    errors.push_back(r.corrected);
    CHECK(r.printed > 0.5);
  }
  CHECK(slope(widths, errors) == Approx(2).margin(0.05));

  const BuiltProblem problem{problem_text(240)};
  const Generator generator = problem->generator(0);
  const Field terminal = fill(problem->grid(), [&](const Index& cell) {
    return std::sin(problem->grid().centre(cell)[0]) + 0.3;
  });
  CHECK(duality_defect(generator, problem->initial(0), terminal, "uniformization", steps(1, 5)) <=
        1e-12);
  const auto back = carried_back(generator, problem->initial(0), "uniformization", steps(1, 4));
  REQUIRE(back.size() == 5);
  const Json entry = reference("counterexamples.json").get_child("peter_backward_not_generative");
  CHECK(mass(back.back()) == Approx(entry.get<double>("integral_over_x")).epsilon(1e-9));
}
