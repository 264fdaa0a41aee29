#include "io/check.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace feller;

TEST_CASE("check: the worst is kept, and NaN is worse than any number", "[check]") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  double high = 0, low = 0;
  CHECK(raise(high, 2));
  CHECK_FALSE(raise(high, 1));
  CHECK(high == 2);
  CHECK(lower(low, -2));
  CHECK_FALSE(lower(low, -1));
  CHECK(low == -2);
  CHECK(raise(high, nan));
  CHECK(lower(low, nan));
  CHECK_FALSE(raise(high, 1e300));
  CHECK_FALSE(lower(low, -1e300));
  CHECK_FALSE(Check{.measured = high, .relation = Relation::at_most, .bound = 1}.passed());
  CHECK_FALSE(Check{.measured = low, .relation = Relation::at_least, .bound = -1}.passed());
  CHECK_FALSE(Check{.measured = 0, .relation = Relation::at_most, .bound = nan}.passed());
}
