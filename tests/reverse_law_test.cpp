/// Reverse processes of a normal population in closed form.

#include <catch2/catch.hpp>
#include <cmath>

#include "studies/score/reverse_law.hpp"
#include "tests/support.hpp"

namespace feller::test {

TEST_CASE("closed forms of a normal population agree with the reference", "[reverse]") {
  const Json all = reference("reverse.json");
  for (const auto& [key, entry] : all.get_child("gaussian")) {
    const auto lambda = entry.get<double>("lambda"), T = entry.get<double>("T");
    const auto t0 = entry.get<double>("t0");
    const NormalState population{entry.get<double>("mu"), entry.get<double>("s2")};
    const bool exact = entry.get<std::string>("start") == "exact";
    const NormalState start =
        exact ? NormalState{population.mean, population.variance + T} : NormalState{0, T};
    const NormalState goal{population.mean, population.variance + t0};
    for (const bool printed : {false, true}) {
      const std::string form = printed ? "printed" : "corrected";
      const ReverseMotion motion = printed ? printed_motion(lambda) : reverse_motion(lambda);
      const NormalState end = reversed_normal(population, start, T, t0, motion);
      CHECK(end.mean == Approx(entry.get<double>("mean")).epsilon(1e-13).margin(1e-15));
      CHECK(end.variance == Approx(entry.get<double>("V_" + form)).epsilon(1e-12));
      // KL is a small difference of numbers of size 1.
      CHECK(relative_entropy(end, goal) ==
            Approx(entry.get<double>("KL_" + form)).epsilon(1e-9).margin(1e-14));
    }
  }
}

TEST_CASE("both schemes reach the closed form with their order", "[reverse]") {
  const NormalState population{1, 0.25}, start{0, 10};
  for (const auto scheme : {ReverseScheme::euler_maruyama, ReverseScheme::heun}) {
    for (const double lambda : {0.0, 0.5, 1.0, 2.0}) {
      const auto times = log_times(10, 0.1, 1024);
      const auto exact = reversed_normal(population, start, 10, 0.1, reverse_motion(lambda));
      std::vector<double> steps, errors;
      for (const std::size_t stride : {4U, 2U, 1U}) {
        const auto end =
            stepped_normal(population, start, times, stride, reverse_motion(lambda), scheme);
        steps.push_back(static_cast<double>(stride));
        errors.push_back(std::abs(end.variance - exact.variance));
      }
      CHECK(slope(steps, errors) == Approx(order(scheme)).margin(0.05));
    }
  }
}

TEST_CASE("closed forms by lambda are those of the motions", "[reverse]") {
  const NormalState population{1, 0.25}, start{0, 10};
  for (const double lambda : {0.5, 1.0, 2.0}) {
    const auto right = reversed_normal(population, start, 10, 0.1, reverse_motion(lambda));
    const auto printed = reversed_normal(population, start, 10, 0.1, printed_motion(lambda));
    CHECK(corrected_end(population, start, 10, 0.1, lambda).variance ==
          Approx(right.variance).epsilon(1e-13));
    CHECK(printed_end(population, start, 10, 0.1, lambda).variance ==
          Approx(printed.variance).epsilon(1e-13));
    CHECK(printed_end(population, start, 10, 0.1, lambda).mean ==
          Approx(printed.mean).epsilon(1e-13));
  }
  // Without the start's error, a_0 for every lambda.
  CHECK(corrected_end({0, 2}, {0, 12}, 10, 0.1, 3).variance == Approx(2.1).epsilon(1e-14));
}

}  // namespace feller::test
