/// One step backward against reference values (34-digit arithmetic).

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "studies/score/one_step.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

Component cluster(double weight, double mean, double sd) {
  return {.weight = weight, .along = {Spread{mean, mean, sd}}};
}

Noised two_points() {
  return Noised{{1, {cluster(0.5, -1, 0), cluster(0.5, 1, 0)}}};
}

Noised mixture() {
  return Noised{{1, {cluster(0.3, -1, 0.2), cluster(0.45, 0.2, 0.15), cluster(0.25, 1.3, 0.3)}}};
}

const Noised uniform_law{Mixture{1, {Component{.along = {Spread{0, 1, 0}}}}}};

}  // namespace

TEST_CASE("one step of two points is the references'", "[posterior]") {
  const Json all = reference("reverse.json");
  int rows = 0;
  for (const auto& [key, row] : all.get_child("one_step_posterior_twopoint")) {
    const double t = row.get<double>("t"), z = row.get<double>("z"), dt = row.get<double>("dt");
    CAPTURE(t, z, dt);
    const OneStep step = one_step(two_points(), t, z, dt);
    const double curvature = log_curvature(two_points(), t, z);
    CHECK(std::abs(step.divergence - row.get<double>("KL_exact_vs_eq7")) <= 1e-13);
    CHECK(curvature * curvature / 4 == Approx(row.get<double>("leading_coeff")).epsilon(1e-11));
    CHECK(std::abs(step.variance * dt - row.get<double>("exact_var")) <= 1e-13);
    CHECK(std::abs(step.skewness - row.get<double>("skewness")) <= 1e-12);
    CHECK(std::abs(step.mass - 1) <= 1e-12);
    CHECK(std::abs(step.mean) <= 1e-12);
    ++rows;
  }
  CHECK(rows == 24);
}

TEST_CASE("KL of a step extrapolates to 0.1207493 dt^2 at t = 1, z = 1.2", "[posterior]") {
  const auto ratio = [](double dt) {
    return one_step(two_points(), 1, 1.2, dt).divergence / (dt * dt);
  };
  const double curvature = log_curvature(two_points(), 1, 1.2);
  CHECK(curvature * curvature / 4 == Approx(0.1207493).epsilon(1e-6));
  CHECK(2 * ratio(1.0 / 512) - ratio(1.0 / 256) == Approx(curvature * curvature / 4).epsilon(1e-4));
}

TEST_CASE("variances of y given z are the references'", "[posterior]") {
  const Json all = reference("ve_process.json");
  for (const auto& [name, data] : all.get_child("populations")) {
    const Noised noised = name == "mixture"        ? mixture()
                          : name == "uniform_0_1"  ? uniform_law
                          : name == "twopoint_pm1" ? two_points()
                                                   : noised_normal(0, 4);
    for (const auto& [key, row] : data.get_child("posterior")) {
      const double t = row.get<double>("t"), z = row.get<double>("z");
      CAPTURE(name, t, z);
      const auto found = noised.posterior(t, z);
      CHECK(std::abs(found.mean - row.get<double>("E")) <= 1e-12);
      CHECK(std::abs(found.variance - row.get<double>("Var")) <= 1e-12);
    }
  }
}

TEST_CASE("third moments of y given z are the slope of its variance", "[posterior]") {
  // d/dz Var(y|t,z) = kappa_3(y|t,z)/t.
  for (const auto& noised : {mixture(), two_points(), uniform_law}) {
    const double t = 0.3, z = 0.7, h = 1e-4;
    const double slope =
        (noised.posterior(t, z + h).variance - noised.posterior(t, z - h).variance) / (2 * h);
    CHECK(noised.posterior(t, z).third == Approx(slope * t).epsilon(1e-6));
  }
}

TEST_CASE("a normal law's step is normal, but not with the variance of (7)", "[posterior]") {
  const Noised normal = noised_normal(0.5, 2);
  const OneStep step = one_step(normal, 1, -0.7, 0.25);
  CHECK(std::abs(step.skewness) <= 1e-12);
  const double r = 2.75 / 3;
  CHECK(step.variance == Approx(r).epsilon(1e-13));
  CHECK(step.divergence == Approx((r - 1 - std::log(r)) / 2).epsilon(1e-11));
}

}  // namespace feller::test
