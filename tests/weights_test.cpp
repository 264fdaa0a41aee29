#include "discretisation/weights.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

using namespace feller;

namespace {

/// Both signs of every decade from the subnormals to 1e308, and of the numbers where codes switch.
std::vector<double> arguments() {
  std::vector<double> list{0,         5e-324, 1e-310, 2.2e-308, 0.0099999, 0.01,
                           0.0100001, 1.9999, 2,      36.7,     50,        699,
                           700,       709.7,  710,    745,      746,       1e308};
  for (int decade = -307; decade <= 307; ++decade) list.push_back(std::pow(10.0, decade));
  const std::size_t half = list.size();
  for (std::size_t i = 0; i < half; ++i) list.push_back(-list[i]);
  return list;
}

constexpr double round_off = std::numeric_limits<double>::epsilon();

}  // namespace

TEST_CASE("weights: B(0) = 1", "[weights]") {
  for (const auto& flux : flux_weights()) CHECK(flux(0) == 1);
}

TEST_CASE("weights: B(-z) - B(z) = z, but for sqra", "[weights]") {
  for (const auto& flux : flux_weights()) {
    const bool exact = flux.weight != sqra;
    double worst = 0;
    for (const double z : arguments()) {
      const double defect = std::abs((flux(-z) - flux(z)) - z) / std::max(1.0, std::abs(z));
      worst = std::max(worst, defect);
    }
    INFO(flux.name);
    if (exact) CHECK(worst <= 4 * round_off);
    if (!exact) CHECK(worst > 0.01);
  }
}

TEST_CASE("weights: positive and finite for every finite z; central while |z| < 2", "[weights]") {
  for (const auto& flux : flux_weights()) {
    for (const double z : arguments()) {
      INFO(flux.name << " at " << z);
      CHECK(std::isfinite(flux(z)));
      if (flux.weight != central || std::abs(z) < 2) {
        CHECK(flux(z) > 0);
        CHECK(std::fpclassify(flux(z)) != FP_SUBNORMAL);
      }
    }
  }
  CHECK(central(2.5) < 0);
}

TEST_CASE("weights: scharfetter_gummel against long double", "[weights]") {
  for (double z = -40; z <= 40; z += 0.0037) {
    const long double exact = (long double)z / std::expm1((long double)z);
    CHECK(std::abs(scharfetter_gummel(z) - (double)exact) <= 4 * round_off * (double)exact);
  }
}

TEST_CASE("weights: balanced means B(-z) / B(z) = e^z", "[weights]") {
  for (const auto& flux : flux_weights()) {
    double worst = 0;
    for (double z = -300; z <= 300; z += 0.37) {
      worst = std::max(
          worst, std::abs(std::log(std::abs(flux(-z) / flux(z))) - z) / std::max(1.0, std::abs(z)));
    }
    INFO(flux.name);
    CHECK((worst <= 1e-14) == flux.balanced);
  }
}
