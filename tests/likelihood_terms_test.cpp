/// The terms of a chain's likelihood against closed forms of normal laws.

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "studies/flow/orders.hpp"
#include "studies/score/path_terms.hpp"

namespace feller::test {
namespace {

/// KL(N(m, a) | N(0, b)).
double normal_divergence(double m, double a, double b) {
  return (a / b - 1 - std::log(a / b) + m * m / b) / 2;
}

}  // namespace

TEST_CASE("terms of a normal population are those in closed form", "[likelihood_terms]") {
  const double v = 0.7, mean = 0.3, y = -0.4;
  const Noised noised = noised_normal(mean, v);
  const PathTerms terms{noised, y};
  for (const double t : {0.01, 0.3, 1.0, 20.0}) {
    CAPTURE(t);
    CHECK(std::abs(terms.first(t) - normal_divergence(y - mean, t, v + t)) <= 1e-13);
    // y given z is normal with the variance v t/(v + t) and the mean of weights v and t.
    const double own = v * t / (v + t), weight = t / (v + t);
    const double square =
        weight * weight * (y - mean) * (y - mean) + v * v * t / std::pow(v + t, 2);
    CHECK(terms.rate(t) == Approx(square / (2 * t * t)).epsilon(1e-12));
    CHECK(terms.last(t) ==
          Approx((std::log(2 * std::numbers::pi * own) + square / own) / 2).epsilon(1e-12));
    for (const double part : {0.5, 0.01}) {
      const double before = t * (1 - part);
      CHECK(std::abs(terms.step(t, part * t) - normal_divergence(y - mean, before, v + before) +
                     normal_divergence(y - mean, t, v + t)) <= 1e-12);
    }
  }
}

TEST_CASE("steps by their rate are of order 1, from dt on short by (1 - gamma)/2",
          "[likelihood_terms]") {
  const Noised noised = noised_normal(0, 1);
  const PathTerms terms{noised, 0.5};
  const double exact = terms.first(0.25) - terms.first(1);
  const double coarse = exact - terms.steps_by_rate(0.25, 1, 32);
  const double fine = exact - terms.steps_by_rate(0.25, 1, 64);
  CHECK(coarse / fine == Approx(2).epsilon(0.02));
  const auto short_of = [&](int n) {
    return terms.first(1.0 / n) - terms.first(1) - terms.steps_by_rate(1.0 / n, 1, n - 1);
  };
  const double euler = (1 - std::numbers::egamma) / 2;
  const Limit limit = richardson(std::array{short_of(64), short_of(128), short_of(256)}, 2, 1);
  CHECK(limit.remaining < 3e-4);
  CHECK(std::abs(limit.value - euler) <= limit.remaining);
}

}  // namespace feller::test
