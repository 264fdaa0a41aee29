#include "studies/flow/orders.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

using namespace feller;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::vector<double> ladder(int grids, double coarsest = 0.1) {
  std::vector<double> h;
  for (int k = 0; k < grids; ++k) h.push_back(std::ldexp(coarsest, -k));
  return h;
}

std::vector<double> mapped(const std::vector<double>& h, auto&& f) {
  std::vector<double> values;
  for (const double x : h) values.push_back(f(x));
  return values;
}

}  // namespace

TEST_CASE("orders: a pure power has its order, without spread", "[orders]") {
  for (const double p : {0.5, 1.0, 2.0, 4.0}) {
    const auto h = ladder(5);
    const auto order =
        observed_order(h, mapped(h, [&](double x) { return 3e-4 * std::pow(x, p); }));
    CHECK(order.value == Approx(p).epsilon(1e-12));
    CHECK(order.standard_error <= 1e-12);
    CHECK(order.least == Approx(p).epsilon(1e-12));
    CHECK(order.largest == Approx(p).epsilon(1e-12));
  }
  CHECK(pairwise_order(0.2, 0.1, 4, 1) == Approx(2).epsilon(1e-14));
  CHECK(pairwise_order(0.3, 0.1, 9, 1) == Approx(2).epsilon(1e-14));
}

TEST_CASE("orders: slope and standard error of a known regression", "[orders]") {
  // ln e = 0, 1, 1, 2 at ln h = 0, 1, 2, 3: slope 0.6, residual sum 0.2, error sqrt(0.1 / 5).
  const auto h = mapped({0, 1, 2, 3}, [](double x) { return std::exp(x); });
  const auto order = observed_order(h, mapped({0, 1, 1, 2}, [](double x) { return std::exp(x); }));
  CHECK(order.value == Approx(0.6).epsilon(1e-12));
  CHECK(order.standard_error == Approx(std::sqrt(0.02)).epsilon(1e-12));
  CHECK(order.least == Approx(0).margin(1e-12));
  CHECK(order.largest == Approx(1).epsilon(1e-12));
}

TEST_CASE("orders: higher terms show as spread", "[orders]") {
  const auto h = ladder(4);
  const auto order = observed_order(h, mapped(h, [](double x) { return x * x * (1 + 5 * x); }));
  CHECK(order.least > 2);
  CHECK(order.largest < 3);
  CHECK(order.least < order.value);
  CHECK(order.value < order.largest);
  CHECK(order.standard_error > 0);
}

TEST_CASE("orders: two grids have an order but no spread, one grid has none", "[orders]") {
  const std::vector<double> h{0.2, 0.1}, e{4, 1};
  CHECK(observed_order(h, e).value == Approx(2));
  CHECK(std::isnan(observed_order(h, e).standard_error));
  CHECK(std::isnan(observed_order({}, {}).value));
  CHECK(std::isnan(observed_order(std::vector{0.1}, std::vector{1.0}).value));
}

TEST_CASE("orders: what has no logarithm has no order", "[orders]") {
  const auto h = ladder(3);
  const double infinite = std::numeric_limits<double>::infinity();
  for (const auto& e : std::vector<std::vector<double>>{{1, 0.25, 0},
                                                        {0, 0, 0},
                                                        {not_a_number, 0.25, 0.1},
                                                        {1, infinite, 0.1},
                                                        {1, -0.25, 0.1}}) {
    const auto order = observed_order(h, e);
    CHECK(std::isnan(order.value));
    CHECK(std::isnan(order.standard_error));
    CHECK(std::isnan(order.least));
    CHECK(std::isnan(order.largest));
  }
  // Grids that are not refined have none either.
  CHECK(std::isnan(observed_order(std::vector{0.1, 0.1}, std::vector{2.0, 1.0}).value));
  CHECK(std::isnan(pairwise_order(0.2, 0.1, 1, 0)));
  CHECK(std::isnan(pairwise_order(0.2, 0.1, not_a_number, 1)));
  CHECK(std::isnan(pairwise_order(0.1, 0.1, 2, 1)));
}

TEST_CASE("richardson: a pure expansion is extrapolated to round-off", "[orders]") {
  for (const double p : {1.0, 2.0, 4.0}) {
    const auto values = mapped(ladder(4), [&](double x) { return 1.25 - 0.7 * std::pow(x, p); });
    const auto limit = richardson(values, 2, p);
    CHECK(limit.value == Approx(1.25).epsilon(1e-14));
    CHECK(limit.remaining <= 1e-14);
    CHECK(limit.order == Approx(p).epsilon(1e-8));
  }
}

TEST_CASE("richardson: the remaining error is estimated, not hidden", "[orders]") {
  // v + a h^2 + b h^4: what is left is -4 b h^4, and 16 times as much on the grids before.
  const auto h = ladder(4);
  const auto values = mapped(h, [](double x) { return -2 + x * x + 30 * x * x * x * x; });
  const auto limit = richardson(values, 2, 2);
  const double left = 4 * 30 * std::pow(h.back(), 4);
  CHECK(limit.value + 2 == Approx(-left).epsilon(1e-6));
  CHECK(limit.remaining == Approx(15 * left).epsilon(1e-6));
  CHECK(std::abs(limit.value + 2) < limit.remaining);
}

TEST_CASE("richardson: control, the wrong order leaves an error that is seen", "[orders]") {
  const auto values = mapped(ladder(4), [](double x) { return 1 + x * x; });
  const auto limit = richardson(values, 2, 1);
  CHECK(std::abs(limit.value - 1) > 1e-5);
  CHECK(limit.remaining > std::abs(limit.value - 1));
  CHECK(limit.order == Approx(2).epsilon(1e-8));
}

TEST_CASE("richardson: values that do not settle have no order", "[orders]") {
  CHECK(std::isnan(richardson(std::vector{1.0}, 2, 2).value));
  CHECK(std::isnan(richardson(std::vector{1.0, 2.0}, 2, 2).remaining));
  CHECK(std::isnan(richardson(std::vector{1.0, 2.0, 1.5}, 2, 2).order));
  CHECK(std::isnan(richardson(std::vector{1.0, 1.0, 1.0}, 2, 2).order));
  CHECK(richardson(std::vector{1.0, 1.0, 1.0}, 2, 2).value == 1);
  CHECK(std::isnan(richardson(std::vector{1.0, not_a_number, 1.0}, 2, 2).value));
}
