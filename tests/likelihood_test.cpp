/// Likelihoods by mean squared errors against reference values (34-digit arithmetic), chains read
/// backward, and that their checks can fail.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "studies/score/chain_likelihood.hpp"
#include "studies/score/finite_chain.hpp"
#include "studies/score/likelihood_checks.hpp"
#include "studies/score/normal_chain.hpp"
#include "studies/score/pointwise_likelihood.hpp"
#include "studies/score/space_information.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

Component cluster(double weight, double mean, double sd) {
  return {.weight = weight, .along = {Spread{mean, mean, sd}}};
}

Noised population(const std::string& name) {
  if (name == "uniform_0_1") return Noised{{1, {Component{.along = {Spread{0, 1, 0}}}}}};
  if (name == "twopoint_pm1") return Noised{{1, {cluster(0.5, -1, 0), cluster(0.5, 1, 0)}}};
  if (name == "normal_var4") return noised_normal(0, 4);
  return Noised{{1, {cluster(0.3, -1, 0.2), cluster(0.45, 0.2, 0.15), cluster(0.25, 1.3, 0.3)}}};
}

}  // namespace

TEST_CASE("both sides of (10) are the references'", "[likelihood]") {
  const Json all = reference("ve_process.json");
  int rows = 0;
  for (const auto& [name, data] : all.get_child("populations")) {
    const Noised noised = population(name);
    for (const auto& [key, row] : data.get_child("likelihood10")) {
      const double y = row.get<double>("y"), t = row.get<double>("t0");
      CAPTURE(name, y, t);
      const PointwiseLikelihood likelihood{noised, y};
      const double integral = likelihood.integrals(std::array{t}).front();
      const double posterior = likelihood.posterior(t);
      CHECK(std::abs(likelihood.left() - row.get<double>("lhs")) <= 1e-13);
      CHECK(std::abs(integral - row.get<double>("int_term")) <= 1e-10);
      CHECK(std::abs(posterior - row.get<double>("posterior_term")) <= 1e-10);
      CHECK(std::abs(integral + posterior - likelihood.left()) <= 1e-10);
      CHECK(std::abs(2 * integral + posterior - likelihood.left()) > 1e-9);
      ++rows;
    }
  }
  CHECK(rows == 48);
}

TEST_CASE("the rate of a normal law is known; without noise it is another", "[likelihood]") {
  const Noised noised = population("normal_var4");
  const PointwiseLikelihood likelihood{noised, 3};
  for (const double s : {0.01, 1.0, 20.0, 1e4}) {
    // (v G - sqrt(s) y)^2 / (v + s)^2 / 2.
    CHECK(likelihood.rate(s) == Approx((16 + 9 * s) / ((4 + s) * (4 + s)) / 2).epsilon(1e-12));
    CHECK(likelihood.rate_without_noise(s) ==
          Approx(9 * s / ((4 + s) * (4 + s)) / 2).epsilon(1e-12));
  }
}

TEST_CASE("likelihood on the grid is of order 2", "[likelihood]") {
  const Noised noised = population("mixture");
  const std::array values{-1.0, 0.5, 2.0};
  const LogNodes nodes{.from = 0.1, .to = 10, .count = 6};
  const auto error = [&](int cells) {
    const BuiltProblem problem{
        "[problem]\nkind = ornstein_uhlenbeck\nweights = 0.3, 0.45, 0.25\nmeans = -1, 0.2, 1.3\n"
        "sds = 0.2, 0.15, 0.3\n[grid]\nlower = -10\nupper = 10\ncells = " +
        std::to_string(cells) + "\n"};
    const auto found = grid_likelihood(*problem, 0, nodes, values);
    double worst = 0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      const double exact = PointwiseLikelihood{noised, values[k]}.part(nodes);
      worst = std::max(worst, std::abs(found[k] - exact));
    }
    return worst;
  };
  CHECK(std::log2(error(240) / error(480)) == Approx(2).margin(0.1));
}

TEST_CASE("finite chains: own laws give equality, others a gap of the paths' divergence",
          "[likelihood]") {
  for (const int steps : {1, 2, 5}) {
    const FiniteChain chain{3, steps, 7, 0};
    const auto own = chain.exact(), other = chain.other(7, 0);
    CAPTURE(steps);
    double total = 0;
    for (const double p : own.last) total += p;
    CHECK(total == Approx(1).epsilon(1e-14));
    for (int y = 0; y < 3; ++y) {
      CHECK(std::abs(chain.bound(own, y) - chain.surprise(y)) <= 1e-13);
      // One y alone is not bounded, their mean is.
      CHECK(std::abs(chain.bound(other, y) - chain.surprise(y)) > 1e-3);
    }
    CHECK(std::abs(chain.path_divergence(own)) <= 1e-13);
    CHECK(chain.path_divergence(other) > 0.1);
    CHECK(std::abs(chain.bound(other) - chain.entropy() - chain.path_divergence(other)) <= 1e-12);
  }
}

TEST_CASE("normal chains: (4) holds in closed form", "[likelihood]") {
  CHECK(normal_surprise(1, 0) == Approx(0.9189385332046727).epsilon(1e-15));
  CHECK(std::abs(normal_chain_likelihood(2, 0.7, 0.3, 20) - normal_surprise(2, 0.7)) <= 1e-13);
  CHECK(normal_chain_check().passed());
}

TEST_CASE("checks of the chains hold, and show (5) as printed to be no bound", "[likelihood]") {
  const ChainLikelihood chains{3, 8, 1};
  CHECK(chains.rows().size() == 8);
  for (const auto& check : chains.checks()) {
    CAPTURE(check.name, check.measured, check.bound);
    CHECK(check.passed());
  }
  const Checks checks = chains.checks();
  const auto printed = std::ranges::find(checks, "McAllester, (5)", &Check::misprint);
  REQUIRE(printed != checks.end());
  CHECK(printed->measured > 0.01);
}

TEST_CASE("(10) holds for points in the plane, and not for another", "[likelihood]") {
  const Clusters points{
      .dimension = 2, .weights = {1, 2, 1}, .means = {0, 0, 1, -1, 2, 3}, .variances = {0, 0, 0}};
  NoisyPoints noisy{points};
  const DiscreteLaw law{points};
  CHECK(law.entropy() == Approx(1.5 * std::numbers::ln2));
  CHECK(law.surprise(1) == Approx(std::numbers::ln2));
  const std::vector<double> times{0.01, 0.3, 3};
  const auto integral_of = [&](const std::vector<double>& y) {
    const NoiseStrata strata{noisy, {.seed = 8}, 4096, y};
    const auto totals =
        strata.totals(strata.parts(noise_levels(times, far_noise(noisy, y), 2), PETSC_COMM_WORLD));
    std::vector<std::pair<Estimate, Estimate>> found;
    for (const auto& total : totals) {
      if (std::ranges::count(times, total.t) == 0) continue;
      found.emplace_back(total.plain, strata.log_ratio(total.t, PETSC_COMM_WORLD));
      const double apart = total.controlled.value - total.plain.value;
      CHECK(std::abs(apart) <= 4 * (total.controlled.error + total.plain.error));
    }
    return found;
  };
  const auto own = integral_of({1, -1});
  REQUIRE(own.size() == times.size());
  for (const auto& [integral, ratio] : own) {
    CHECK(std::abs(integral.value + ratio.value) <= 4 * std::hypot(integral.error, ratio.error));
  }
  CHECK(std::abs(own[0].first.value - law.surprise(1)) <=
        4 * own[0].first.error + law.left_bound(1, 0.01));
  const std::vector<double> stranger{1, 1};
  const auto other = integral_of(stranger);
  for (std::size_t k = 0; k < times.size(); ++k) {
    const auto [low, high] = law.outside(stranger, times[k]);
    CAPTURE(times[k], low, high, other[k].first.value);
    CHECK(other[k].first.value >= low - 4 * other[k].first.error);
    CHECK(other[k].first.value <= high + 4 * other[k].first.error);
  }
  CHECK(law.distance(stranger) == Approx(std::numbers::sqrt2));
  CHECK(other[0].first.value > 50);
}

TEST_CASE("checks of sampled likelihoods can fail", "[likelihood]") {
  SpaceTerm term{.t = 0.1, .left = 1, .integral = {1, 0.001}, .controlled = {1, 0.001}};
  term.log_ratio = {-1, 0.001};
  term.left_bound = 0.001;
  CHECK(all_passed(term_checks({term}, true)));
  SpaceTerm wrong = term;
  wrong.integral.value = 1.01;
  CHECK_FALSE(term_checks({wrong}, true)[0].passed());
  CHECK_FALSE(term_checks({wrong}, true)[2].passed());
  wrong = term;
  wrong.integral.value = 0.5;
  CHECK_FALSE(term_checks({wrong}, true)[1].passed());
}

TEST_CASE("checks of the likelihood can fail", "[likelihood]") {
  LikelihoodTerm term{.left = 1, .integral = 0.75, .posterior = 0.25, .no_noise = 0.5};
  term.sampled.plain = term.sampled.controlled = {.value = 0.75, .error = 0.01};
  CHECK(all_passed(likelihood_checks({term})));
  LikelihoodTerm wrong = term;
  wrong.posterior += 1e-9;
  CHECK_FALSE(likelihood_checks({term, wrong})[0].passed());
  wrong = term;
  wrong.integral = 0.375;
  CHECK_FALSE(likelihood_checks({term, wrong})[1].passed());
  wrong = term;
  wrong.no_noise = term.integral;
  CHECK_FALSE(likelihood_checks({wrong})[2].passed());
  wrong = term;
  wrong.sampled.controlled.value = 0.7;
  CHECK_FALSE(likelihood_checks({term, wrong})[3].passed());
}

}  // namespace feller::test
