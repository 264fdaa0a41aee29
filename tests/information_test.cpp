/// Information by the least mean squared error against reference values (34-digit arithmetic), and
/// that its checks can fail.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "studies/score/decision_threshold.hpp"
#include "studies/score/grid_information.hpp"
#include "studies/score/information_checks.hpp"
#include "studies/score/information_readings.hpp"
#include "studies/score/node_rules.hpp"
#include "studies/score/product_population.hpp"
#include "studies/score/space_information.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

Component cluster(double weight, double mean, double sd) {
  return {.weight = weight, .along = {Spread{mean, mean, sd}}};
}

struct Named {
  std::string name;
  Noised noised;
};

const std::vector<Named>& populations() {
  static const std::vector<Named> list{
      {"mixture",
       Noised{{1, {cluster(0.3, -1, 0.2), cluster(0.45, 0.2, 0.15), cluster(0.25, 1.3, 0.3)}}}},
      {"uniform_0_1", Noised{{1, {Component{.along = {Spread{0, 1, 0}}}}}}},
      {"twopoint_pm1", Noised{{1, {cluster(0.5, -1, 0), cluster(0.5, 1, 0)}}}},
      {"normal_var4", noised_normal(0, 4)}};
  return list;
}

Json data_of(const std::string& population) {
  return reference("ve_process.json").get_child("populations." + population);
}

}  // namespace

TEST_CASE("density, score and denoiser of noised data are the references'", "[information]") {
  for (const auto& [name, noised] : populations()) {
    const Json data = data_of(name);
    CHECK(noised.mean() == Approx(data.get<double>("mean")).margin(1e-15));
    CHECK(noised.variance() == Approx(data.get<double>("var")).epsilon(1e-14));
    for (const auto& [key, row] : data.get_child("posterior")) {
      const double t = row.get<double>("t"), z = row.get<double>("z");
      CAPTURE(name, t, z);
      const Mixture law = noised.law(t);
      const double score = law.score(0, {z, 0, 0}), size = std::abs(z) / t + 1 / std::sqrt(t);
      // Far out a density has lost z^2/(2t) digits' worth of round-off in its logarithm.
      CHECK(std::abs(score - row.get<double>("score")) <= 1e-12 * size);
      CHECK(std::abs(z + t * score - row.get<double>("E")) <= 1e-12 * size * t);
      CHECK(law.density({z, 0, 0}) == Approx(row.get<double>("p")).epsilon(1e-11));
    }
  }
}

TEST_CASE("scores of laws that have none of their own are differences", "[information]") {
  struct Normal : Mixture {
    using Mixture::Mixture;
    double score(int axis, const Point& x) const override { return Law::score(axis, x); }
  };
  const Mixture& exact = populations()[0].noised.law(0.1);
  const Normal differences{1, exact.components()};
  for (const double x : {-2.0, -0.3, 0.0, 0.7, 3.0}) {
    CHECK(std::abs(differences.score(0, {x, 0, 0}) - exact.score(0, {x, 0, 0})) <= 1e-8);
  }
}

TEST_CASE("mmse, information and the reading of (11) are the references'", "[information]") {
  for (const auto& [name, noised] : populations()) {
    std::vector<double> times, wanted;
    const Json data = data_of(name);
    for (const auto& [key, row] : data.get_child("mmse_I")) {
      const double t = row.get<double>("t0");
      CAPTURE(name, t);
      CHECK(std::abs(noised.relative_mmse(t) * t - row.get<double>("mmse")) <= 1e-12);
      CHECK(std::abs(*noised.law(t).entropy() - row.get<double>("H_z")) <= 1e-11);
      CHECK(std::abs(information_by_entropy(noised, t) - row.get<double>("I_from_entropy")) <=
            1e-11);
      CHECK(std::abs(reading_a(noised, t) -
                     row.get<double>("misprint11_readingA_mmse_t0_over_2t0")) <= 1e-11);
      times.push_back(t);
      wanted.push_back(row.get<double>("I_from_mmse_integral"));
    }
    const auto found = information_by_mmse(noised, times);
    for (std::size_t k = 0; k < times.size(); ++k) {
      CAPTURE(name, times[k]);
      CHECK(std::abs(found[k] - wanted[k]) <= 1e-10);
    }
  }
  const Noised normal = noised_normal(0, 1);
  CHECK(reading_a(normal, 1) == Approx(0.25).epsilon(1e-12));
  CHECK(reading_b(normal, 1) == Approx(1 - std::numbers::ln2).epsilon(1e-9));
}

TEST_CASE("fourth moments, discrete entropies and what is left to guess", "[information]") {
  CHECK(noised_normal(1, 4).fourth_moment() == Approx(48));
  CHECK(populations()[1].noised.fourth_moment() == Approx(1.0 / 80));
  const Noised& points = populations()[2].noised;
  CHECK(points.fourth_moment() == Approx(1));
  CHECK(points.discrete());
  CHECK(points.discrete_law().entropy() == Approx(std::numbers::ln2));
  CHECK(std::isinf(points.surprise(0.5)));
  CHECK_FALSE(populations()[0].noised.discrete());
  for (const double t : {0.1, 0.5, 1.0}) {
    const double left = std::numbers::ln2 - information_by_mmse(points, std::array{t}).front();
    CHECK(left > 0);
    CHECK(left <= points.discrete_law().left_bound(t));
  }
}

TEST_CASE("sampled information is within its standard errors, for given y, too", "[information]") {
  for (const auto& [name, noised] : populations()) {
    const double far = far_noise(noised);
    const auto exact = information_by_mmse(noised, std::array{0.1, far});
    const auto found =
        NoiseSampler{noised, {.seed = 3}, 50000}.integral(0.1, far, PETSC_COMM_WORLD);
    for (const auto& estimate : {found.plain, found.controlled}) {
      CAPTURE(name, estimate.value, estimate.error, exact[0] - exact[1]);
      CHECK(std::abs(estimate.value - (exact[0] - exact[1])) <= 4 * estimate.error + 1e-12);
    }
    CHECK(found.controlled.error < found.plain.error);
  }
  // KL(N(y, t) | N(0, s2 + t)) - the same at T, by hand.
  const Noised normal = noised_normal(0, 4);
  const auto kl = [](double t) {
    return (t / (4 + t) + 9 / (4 + t) - 1 - std::log(t / (4 + t))) / 2;
  };
  const auto given =
      NoiseSampler{normal, {.seed = 1}, 20000, 3}.integral(0.5, 100, PETSC_COMM_WORLD);
  CHECK(given.controlled.value == Approx(kl(0.5) - kl(100)).epsilon(1e-13));
  CHECK(std::abs(given.plain.value - given.controlled.value) <= 4 * given.plain.error);
}

TEST_CASE("nodes in ln t keep to their bound, without and with control variate", "[information]") {
  for (const auto& [name, noised] : populations()) {
    CAPTURE(name);
    const double t = 0.1, exact = information_by_mmse(noised, std::array{t}).front();
    const NodeRules rules{noised, t, far_noise(noised), exact};
    const NodeErrors few = rules.errors(32), many = rules.errors(64);
    CHECK(many.plain[1] <= rules.bound(64) + 1e-10);
    CHECK(many.plain[1] < many.plain[0]);
    CHECK(few.plain[1] / many.plain[1] == Approx(4).epsilon(0.1));
    // int |f''| = 1/4 of the normal law's f, which rises once and falls once.
    const double h = std::log(far_noise(noised) / t) / 64;
    CHECK(many.controlled[1] <= rules.bound(64) + h * h / 8 / 4 + 1e-10);
    CHECK(rules.least_gain(64) >= -1e-12);
  }
}

TEST_CASE("information on the grid is of order 2", "[information]") {
  const auto lost = [](int cells) {
    const BuiltProblem problem{
        "[problem]\nkind = ornstein_uhlenbeck\nweights = 0.3, 0.45, 0.25\nmeans = -1, 0.2, 1.3\n"
        "sds = 0.2, 0.15, 0.3\n[grid]\nlower = -10\nupper = 10\ncells = " +
        std::to_string(cells) + "\n"};
    const LogNodes nodes{.from = 0.1, .to = 10, .count = 6};
    REQUIRE(resolves(problem->grid(), 0, nodes));
    return grid_information(*problem, 0, nodes) - exact_information(populations()[0].noised, nodes);
  };
  CHECK(std::log2(std::abs(lost(240) / lost(480))) == Approx(2).margin(0.1));
  CHECK_FALSE(resolves(Grid{{{.cells = 100, .lower = -10, .upper = 10}}}, 0,
                       {.from = 0.01, .to = 10, .count = 6}));
}

TEST_CASE("information in space is the sum over independent axes", "[information]") {
  // Two points times a box; and the same with other weights, which is no product.
  std::vector<Component> components;
  for (const double x : {-1.0, 1.0}) {
    components.push_back(
        {.weight = 0.5, .along = {Spread{x, x, 0}, Spread{0, 1, 0}, Spread{0.5, 0.5, 0.3}}});
  }
  NoisyMixture space{Mixture{3, components}};
  const std::vector<double> times{0.1, 1, 5};
  const auto axes = independent_axes(space.population());
  REQUIRE(axes);
  const auto exact = information_of_axes(*axes, times);
  const NoiseStrata strata{space, {.seed = 4}, 4096};
  const auto levels = noise_levels(times, far_noise(space), 2);
  const auto totals = strata.totals(strata.parts(levels, PETSC_COMM_WORLD));
  for (const auto& total : totals) {
    for (std::size_t k = 0; k < times.size(); ++k) {
      if (total.t != times[k]) continue;
      for (const auto& found : {total.plain, total.controlled}) {
        CAPTURE(total.t, found.value, found.error, exact[k]);
        CHECK(std::abs(found.value - exact[k]) <= 4 * found.error);
        CHECK(found.error < 0.05);
        CHECK(std::abs(2 * found.value - exact[k]) > 40 * found.error);
      }
    }
  }
  components.push_back({.weight = 1, .along = {Spread{1, 1, 0}, Spread{2, 2, 0}, Spread{0, 0, 1}}});
  CHECK_FALSE(independent_axes(Mixture{3, components}));
}

TEST_CASE("information of normal laws in space is in closed form", "[information]") {
  Component one;
  one.along = {Spread{1, 1, 2}, Spread{0, 0, 0.5}, Spread{-1, -1, 1}};
  NoisyMixture normal{Mixture{3, {one}}};
  const NoiseStrata strata{normal, {.seed = 4}, 2048};
  const auto totals = strata.totals(strata.parts({0.1, 1, 10, 1e6}, PETSC_COMM_WORLD));
  for (const auto& total : totals) {
    const double exact =
        (std::log1p(4 / total.t) + std::log1p(0.25 / total.t) + std::log1p(1 / total.t)) / 2;
    CHECK(total.controlled.value == Approx(exact).epsilon(1e-12));
    CHECK(std::abs(total.plain.value - exact) <= 4 * total.plain.error + 1e-15);
  }
}

TEST_CASE("levels of noise contain the times and reach the far end", "[information]") {
  const auto levels = noise_levels({0.1, 0.5, 7}, 1e4, 3);
  for (const double t : {0.1, 0.5, 7.0, 1e4}) {
    CHECK(std::ranges::count_if(levels, [t](double s) { return std::abs(s / t - 1) < 1e-14; }) ==
          1);
  }
  CHECK(std::ranges::is_sorted(levels));
  for (std::size_t k = 1; k < levels.size(); ++k) CHECK(std::log(levels[k] / levels[k - 1]) < 0.34);
}

TEST_CASE("the decision threshold lies between its bounds and scales", "[information]") {
  const Noised& points = populations()[2].noised;
  for (const auto& check : threshold_checks(points)) {
    CAPTURE(check.claim, check.measured);
    CHECK(check.passed());
  }
  CHECK(crossing([](double t) { return -t * t; }, -9, 1e-3, 1e3) == Approx(3).epsilon(1e-12));
  CHECK(threshold_checks(populations()[0].noised).empty());
  CHECK_FALSE(threshold_check({.at = 1, .low = 1.1, .high = 2}, 1, 0).passed());
  CHECK_FALSE(threshold_check({.at = 1, .low = 0.1, .high = 0.9}, 1, 0).passed());
}

TEST_CASE("half of what is known lies between two levels by its share", "[information]") {
  SpaceInformation information;
  information.totals = {{.t = 1, .plain = {1, 0}, .controlled = {}},
                        {.t = 2, .plain = {0.9, 0.03}, .controlled = {}},
                        {.t = 8, .plain = {0.3, 0.02}, .controlled = {}},
                        {.t = 9, .plain = {0, 0}, .controlled = {}}};
  // 1/6 of the way from 2 to 8, and of the way in ln t.
  const auto [at, error] = half_known(information, 1.6);
  CHECK(at == Approx(2 * std::pow(4, 1.0 / 6)).epsilon(1e-14));
  CHECK(error == Approx(0.03 / 0.6 * std::log(4)).epsilon(1e-14));
  CHECK(std::isnan(half_known(information, 4).first));
}

TEST_CASE("two points in the plane have the threshold of two on the line", "[information]") {
  const Noised& line = populations()[2].noised;
  const double entropy = std::numbers::ln2;
  const double exact =
      crossing([&](double t) { return information_by_mmse(line, std::array{t}).front(); },
               entropy / 2, 0.1, 10);
  NoisyPoints plane{
      {.dimension = 2, .weights = {1, 1}, .means = {0.6, 0.8, -0.6, -0.8}, .variances = {0, 0}}};
  const NoiseStrata strata{plane, {.seed = 11}, 65536};
  // A tenth of a stratum beyond a level.
  const std::vector<double> times{exact * std::exp(-2.1 / 8), exact * std::exp(1.9 / 8)};
  SpaceInformation information;
  information.parts = strata.parts(noise_levels(times, far_noise(plane), 8), PETSC_COMM_WORLD);
  information.totals = strata.totals(information.parts);
  const auto [at, error] = half_known(information, entropy);
  CAPTURE(at, exact, error);
  CHECK(std::abs(std::log(at / exact)) <= 4 * error);
  // The other end of the stratum would be 0.8/8 off.
  CHECK(4 * error < 0.05);
}

TEST_CASE("checks of sampled information can fail", "[information]") {
  SpaceInformation information;
  information.totals = {{.t = 1, .plain = {0.5, 0.001}, .controlled = {0.5, 0.001}}};
  const std::vector<double> times{1};
  CHECK(all_passed(reference_checks("a", "b", information, times, {0.501})));
  CHECK_FALSE(reference_checks("a", "b", information, times, {0.51})[0].passed());
  CHECK_FALSE(reference_checks("a", "b", information, times, {1.0})[1].passed());
  information.totals[0].controlled.value = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(reference_checks("a", "b", information, times, {0.5})[0].passed());
}

TEST_CASE("checks of the information can fail", "[information]") {
  InformationRow row{.t = 1, .by_mmse = 0.5, .by_entropy = 0.5};
  row.sampled.plain = row.sampled.controlled = {.value = 0.5, .error = 0.01};
  CHECK(all_passed(side_checks({row})));
  CHECK(sampled_check({row}).passed());
  row.by_entropy = 0.5 + 1e-9;
  CHECK_FALSE(side_checks({row}).front().passed());
  row.by_entropy = 1;
  CHECK_FALSE(side_checks({row}).back().passed());
  row.sampled.controlled.value = 0.55;
  CHECK_FALSE(sampled_check({row}).passed());
  row.sampled.controlled.value = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(sampled_check({row}).passed());
  row = {.t = 0.01, .by_mmse = 0.69};
  CHECK_FALSE(limit_checks(populations()[2].noised, {row}).back().passed());
  for (const auto& check : reading_checks()) CHECK(check.passed());
}

}  // namespace feller::test
