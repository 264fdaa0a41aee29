/// Osmosis towards noise that changes sign: eigenvalues, and where positivity and stability end.

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "problems/osmosis.hpp"
#include "problems/osmosis_box.hpp"
#include "solvers/dense_spectrum.hpp"
#include "solvers/eigenmodes.hpp"
#include "studies/osmosis/offset_guidance.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

Generator eight(const std::string& name) {
  const Json data = reference("osmosis8.json").get_child(name);
  const Grid grid{{{8, 0, 8}}};
  return Generator{
      osmosis_rates(from_natural(grid, numbers(data.get_child("v"))), flux_weight("central"))};
}

Grid line() {
  return Grid{{{24, 0, 24}}};
}

/// det(A - lambda) / det(A' - lambda) of tridiagonal matrices, by the recursion of their minors: 0
/// where lambda is an eigenvalue, changing sign there.
double characteristic(const Dense& a, double lambda) {
  double before = 1, now = a[0][0] - lambda;
  for (std::size_t i = 1; i < a.size(); ++i) {
    const double next = (a[i][i] - lambda) * now - a[i - 1][i] * a[i][i - 1] * before;
    before = now;
    now = next;
  }
  return now;
}

}  // namespace

TEST_CASE("dense_spectrum: eigenvalues are those of the reference", "[signed_guidance]") {
  for (const std::string name : {"h1", "signed_v_plus_offset_2"}) {
    const auto expected =
        numbers(reference("osmosis8.json").get_child(name).get_child("eigenvalues"));
    const auto found = all_eigenvalues(eight(name));
    REQUIRE(found.size() == 8);
    for (std::size_t i = 0; i < 8; ++i) {
      CHECK(std::abs(found[i] - expected[i]) <= 1e-12);
    }
  }
  const auto found = all_eigenvalues(eight("negative_control_signed_v"));
  CHECK(found.front().real() == Approx(1.744548).margin(5e-7));
  // By another way: the characteristic polynomial changes sign there.
  const Generator generator = eight("negative_control_signed_v");
  const Dense a = dense(generator.forward(), generator.grid());
  const double lambda = found.front().real();
  CHECK(characteristic(a, lambda - 1e-9) * characteristic(a, lambda + 1e-9) < 0);
}

TEST_CASE("signed_guidance: positivity ends exactly where the darkest pixel turns negative",
          "[signed_guidance]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const OffsetGuidance guidance{standard_noise(line(), seed)};
    const double c = guidance.critical();
    INFO("seed " << seed);
    CHECK(guidance.loss_of_positivity() == Approx(c).epsilon(1e-15));
    CHECK(guidance.keeps_positivity(std::nextafter(c, 10)));
    CHECK_FALSE(guidance.keeps_positivity(std::nextafter(c, -10)));
    CHECK(guidance.least_rate(c + 0.01) > 0);
    CHECK(guidance.least_rate(c - 0.01) < 0);
    CHECK(guidance.least_of_resolvent(c + 0.01) > 0);
    CHECK(guidance.least_of_resolvent(c - 0.01) < 0);
  }
}

TEST_CASE("signed_guidance: the line's gap closes, and grows, with the slope of two cells",
          "[signed_guidance]") {
  // Darkest pixel 3 of 0, ..., 7: v + c_0 = 1.5, 2, 0.5, 0, 1, 3, 2.5, 0.8.
  const Grid grid{{{8, 0, 8}}};
  const OffsetGuidance guidance{from_natural(grid, {0.5, 1, -0.5, -1, 0, 2, 1.5, -0.2})};
  const auto [slope, resistance, gain] = guidance.bottleneck();
  CHECK(slope == Approx(1 / 4.0 + 1 / 7.3).epsilon(1e-14));
  CHECK(resistance > 1);
  CHECK(gain == Approx(4 / 4.0 + 5 / 7.3).epsilon(1e-14));
  for (const double d : {1e-4, 1e-5}) {
    CHECK(guidance.growth(guidance.critical() + d) ==
          Approx(-slope * d).epsilon(d * resistance + 1e-6));
    CHECK(guidance.growth(guidance.critical() - d) ==
          Approx(slope * d).epsilon(d * resistance + 1e-6));
    // Symmetric solver, where there is detailed balance.
    CHECK(spectral_gap(guidance.generator(guidance.critical() + d)) ==
          Approx(-guidance.growth(guidance.critical() + d)).epsilon(1e-7));
  }
  CHECK(guidance.onset(0.05, 1) <= 1e-6);
  // An end is no bottleneck.
  const OffsetGuidance end{from_natural(grid, {-2, 1, -0.5, -1, 0, 2, 1.5, -0.2})};
  CHECK(end.bottleneck().slope == 0);
  CHECK(end.growth(end.critical() - 1e-4) < -0.01);
}

TEST_CASE("signed_guidance: in the plane stability outlives positivity", "[signed_guidance]") {
  const Grid grid{{{6, 0, 6}, {6, 0, 6}}};
  const OffsetGuidance guidance{standard_noise(grid, 1)};
  const double c = guidance.critical();
  CHECK(guidance.least_rate(c - 1e-3) < 0);
  CHECK(guidance.growth(c - 1e-3) < -0.01);
  CHECK(guidance.growth(c + 1e-6) == Approx(guidance.growth(c + 1e-4)).epsilon(1e-2));
  const double onset = guidance.onset(0.05, 3);
  REQUIRE(std::isfinite(onset));
  CHECK(onset > 1e-3);
  CHECK(guidance.growth(c - onset - 1e-4) > 0);
  CHECK(guidance.growth(c - onset + 1e-3) < 0);
}
