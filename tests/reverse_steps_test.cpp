/// Time grids of reverse steps against the reference numbers of the mathematics (N(0, 1/4), t from
/// 100 to 0.01, 256 steps), and reverse processes with a wrong score.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/uniform.hpp"
#include "studies/score/normal_divergence.hpp"
#include "studies/score/reverse_law.hpp"
#include "studies/score/step_cost.hpp"
#include "studies/score/wrong_paths.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

std::string problem_text(const std::string& population) {
  return "[problem]\nkind = brownian\n" + population +
         "[grid]\ncells = 40\nlower = -5\nupper = 5\n";
}

constexpr double variance = 0.25, first = 0.01, last = 100;

}  // namespace

TEST_CASE("schedule: reference values of a normal population", "[schedule]") {
  const BuiltProblem problem{problem_text("means = 0\nsds = 0.5\n")};
  const StepCost cost{*problem->process(), first, last};
  const double log_ratio = std::log((variance + last) / (variance + first));
  CHECK(cost.path_divergence(uniform_times(first, last, 256)) == Approx(0.29299).margin(5e-6));
  CHECK(cost.path_divergence(log_times(first, last, 256)) == Approx(0.04445).margin(5e-6));
  CHECK(cost.path_divergence(cost.optimal_times(256)) == Approx(0.03436).margin(5e-6));
  CHECK(cost.length() * cost.length() / 256 == Approx(0.03463).margin(5e-6));
  CHECK(cost.length() == Approx(log_ratio / 2).epsilon(1e-9));
  CHECK(cost.curvature(2) == Approx(0.25 / (2.25 * 2.25)).epsilon(1e-11));
  // The optimal grid is uniform in ln(s^2 + t).
  const Times optimal = cost.optimal_times(64);
  for (std::size_t k = 0; k <= 64; ++k) {
    CHECK(
        std::log(variance + optimal[k]) ==
        Approx(std::log(variance + first) + log_ratio * static_cast<double>(k) / 64).margin(1e-8));
  }
}

TEST_CASE("schedule: steps of a normal population in closed form", "[schedule]") {
  const BuiltProblem problem{problem_text("means = 1\nsds = 0.5\n")};
  const StepCost cost{*problem->process(), first, last};
  for (const int steps : {1, 16, 128}) {
    const Times times = log_times(first, last, steps);
    CHECK(cost.path_divergence(times) ==
          Approx(gaussian_path_divergence(variance, times)).epsilon(1e-11));
  }
  // One step (7), by hand: mean exact, variance r^2 a_T + h.
  const double a = variance + last, h = last - first, r = 1 - h / a;
  const double end = r * r * a + h, ratio = end / (variance + first);
  CHECK(gaussian_end_divergence(variance, {first, last}) ==
        Approx((ratio - 1 - std::log(ratio)) / 2).epsilon(1e-12));
  // Path 1/N, end 1/N^2.
  const auto order = [&](double (*of)(double, const Times&)) {
    return std::log2(of(variance, log_times(first, last, 1024)) /
                     of(variance, log_times(first, last, 2048)));
  };
  CHECK(order(gaussian_path_divergence) == Approx(1).margin(0.02));
  CHECK(order(gaussian_end_divergence) == Approx(2).margin(0.02));
}

TEST_CASE("schedule: curvature where the population is much wider than the noise", "[schedule]") {
  const BuiltProblem problem{problem_text("means = 0\nsds = 50\n")};
  const StepCost cost{*problem->process(), first, last};
  for (const double t : {0.01, 1.0, 100.0}) {
    CHECK(cost.curvature(t) == Approx(0.25 / std::pow(2500 + t, 2)).epsilon(1e-11));
  }
}

TEST_CASE("schedule: (ln p)'' of mixtures by differences of the score", "[schedule]") {
  const Mixture law{1,
                    {{.weight = 0.3, .along = {Spread{-1, -1, 0.5}, {}, {}}},
                     {.weight = 0.2, .along = {Spread{-2, 1, 0.3}, {}, {}}},
                     {.weight = 0.5, .along = {Spread{2, 2, 0.2}, {}, {}}}}};
  for (const double x : {-3.0, -1.9, 0.1, 1.2, 1.9, 4.0}) {
    const double h = 1e-4;
    const double slope = (law.score(0, {x + h, 0, 0}) - law.score(0, {x - h, 0, 0})) / (2 * h);
    CHECK(log_curvature(law, x) == Approx(slope).epsilon(1e-5));
  }
}

TEST_CASE("schedule: the end's KL by the recursion of (23) with lambda = 1", "[schedule]") {
  for (const int steps : {1, 16, 128}) {
    Times times = log_times(first, last, steps), down = times;
    std::ranges::reverse(down);
    const auto end = stepped_normal({0, variance}, {0, variance + last}, down, 1, reverse_motion(1),
                                    ReverseScheme::euler_maruyama);
    CHECK(gaussian_end_divergence(variance, times) ==
          Approx(relative_entropy(end, {0, variance + first})).epsilon(1e-10));
  }
}

TEST_CASE("schedule: one step of a mixture by its definition", "[schedule]") {
  const BuiltProblem problem{problem_text("weights = 0.3, 0.7\nmeans = -1, 1\nsds = 0.3, 0.4\n")};
  const double t = 1, h = 0.25;
  const StepCost cost{*problem->process(), t - h, t};
  const auto now = problem->process()->law(t), before = problem->process()->law(t - h);
  // E KL(p(z' | z) | N(z + h score, h)) by a sum over both, with p(z' | z) by Bayes' rule.
  const double dx = 0.02, far = 8;
  double sum = 0;
  for (double z = -far; z <= far; z += dx) {
    const double p = now->density({z, 0, 0});
    const double slope =
        (now->log_density({z + 1e-4, 0, 0}) - now->log_density({z - 1e-4, 0, 0})) / 2e-4;
    for (double y = z - 5; y <= z + 5; y += dx) {
      const double log_noise = -(z - y) * (z - y) / (2 * h);
      const double off = y - z - h * slope;
      const double joint =
          before->density({y, 0, 0}) * std::exp(log_noise) / std::sqrt(2 * std::acos(-1) * h);
      if (joint == 0) continue;
      const double log_exact = before->log_density({y, 0, 0}) + log_noise - std::log(p);
      sum += joint * (log_exact + off * off / (2 * h)) * dx * dx;
    }
  }
  CHECK(cost.path_divergence({t - h, t}) == Approx(sum).epsilon(1e-5));
}

TEST_CASE("score_error: the end in closed form, by equations and by fine steps", "[score_error]") {
  const WrongScore model{.variance = 1, .error = {.constant = 0.1}, .first = 0.01, .last = 100};
  CHECK(model.end(1).mean == Approx(0.1 * 1.01 * std::log(101 / 1.01)).epsilon(1e-14));
  for (const double eta : {0.0, -0.3, 0.5}) {
    WrongScore wrong = model;
    wrong.error.factor = eta;
    for (const double lambda : {0.3, 1.0, 2.0, 7.0}) {
      const auto end = wrong.end(lambda);
      const double g = (1 + lambda) / 2;
      if (lambda != 1 && eta == 0) {
        CHECK(end.mean ==
              Approx(g * 0.1 * 1.01 * (1 - std::pow(1.01 / 101, g - 1)) / (g - 1)).epsilon(1e-12));
        CHECK(end.variance == Approx(1.01).epsilon(1e-13));
      }
      const auto found = wrong.by_equations(lambda, 4000);
      CHECK(found.mean == Approx(end.mean).epsilon(1e-9));
      CHECK(found.variance == Approx(end.variance).epsilon(1e-9));
      const auto fine = wrong.by_steps(lambda, even_times(1, 0.01, 100, 20'000));
      CHECK(fine.mean == Approx(end.mean).epsilon(2e-3));
      CHECK(fine.variance == Approx(end.variance).epsilon(2e-3));
      CHECK(fine.path == Approx(found.path).epsilon(2e-3));
      CHECK(wrong.divergence(end) <= found.path);
      if (eta == 0) CHECK(found.path == Approx(constant_path(0.1, lambda, 0.01, 100)));
    }
  }
  CHECK(constant_path(0.1, 1, 0.01, 100) == Approx(0.01 * 99.99 / 2));
  // Control: the end does not share the bound's optimum.
  CHECK(model.divergence(model.end(2)) < 0.7 * model.divergence(model.end(1)));
}

namespace {

Clusters normal_population() {
  return {.dimension = 1, .weights = {1}, .means = {0}, .variances = {1}};
}

Clusters two_clusters() {
  return {.dimension = 1, .weights = {0.3, 0.7}, .means = {-2, 2}, .variances = {0.04, 0.01}};
}

}  // namespace

TEST_CASE("score_error: particles have the law of their steps, on any number of ranks",
          "[score_error]") {
  const WrongScore model{.error = {.constant = 0.1, .factor = 0.1}};
  const Grid grid{{{.cells = 32, .lower = -8, .upper = 8}}};
  const Grid own{{{.cells = 32, .lower = -8, .upper = 8}}, 1, PETSC_COMM_SELF};
  for (const double lambda : {0.25, 3.0}) {
    const WrongWalk walk{.clusters = normal_population(),
                         .error = model.error,
                         .lambda = lambda,
                         .times = even_times(1, 0.01, 100, 50),
                         .particles = 20'001,
                         .seed = 3};
    const auto law = model.by_steps(lambda, walk.times);
    CellCounts counts{grid}, counts_alone{own};
    const auto found = wrong_paths(walk, grid, counts);
    CHECK(std::abs(found.mean - law.mean) <= 4 * std::sqrt(law.variance / 20'001));
    CHECK(std::abs(found.variance - law.variance) <= 4 * law.variance * std::sqrt(2. / 20'001));
    CHECK(std::abs(found.log_ratio.value - law.path) <= 4 * found.log_ratio.error);
    // Control: the path's KL without 1/lambda.
    CHECK(std::abs(found.log_ratio.value - lambda * law.path) > 40 * found.log_ratio.error);
    const auto alone = wrong_paths(walk, own, counts_alone);
    CHECK(found.mean == alone.mean);
    CHECK(found.variance == alone.variance);
    CHECK(found.log_ratio.value == alone.log_ratio.value);
    CHECK(found.weighted.value == alone.weighted.value);
    CHECK(counts.density({16, 0, 0}) == counts_alone.density({16, 0, 0}));
  }
}

TEST_CASE("score_error: weights dP/dQ and Girsanov's formula for two clusters", "[score_error]") {
  const Grid grid{{{.cells = 64, .lower = -8, .upper = 8}}};
  for (const double lambda : {0.5, 3.0}) {
    const WrongWalk walk{.clusters = two_clusters(),
                         .error = {.constant = 0, .sine = 0.2, .wave = 2},
                         .lambda = lambda,
                         .times = even_times(0.01, 0.01, 10, 60),
                         .particles = 20'000};
    CellCounts counts{grid};
    const auto found = wrong_paths(walk, grid, counts);
    const double path = (1 + lambda) * (1 + lambda) / (8 * lambda) * found.square;
    CHECK(std::abs(found.log_ratio.value - path) <= 4 * std::sqrt(2 * path / 20'000));
    CHECK(std::abs(found.weight.value - 1) <= 4 * found.weight.error);
  }
}

TEST_CASE("score_error: KL of shares, its bias and its standard error", "[score_error]") {
  // 400 times 1000 draws of four cells.
  const std::vector<double> p{0.1, 0.2, 0.3, 0.4}, law{0.15, 0.2, 0.35, 0.3};
  double exact = 0;
  for (std::size_t i = 0; i < 4; ++i) exact += law[i] * std::log(law[i] / p[i]);
  const int rounds = 400, draws = 1000;
  double sum = 0, squares = 0, predicted = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> q(4), drawn(4);
    for (std::uint64_t j = 0; j < draws; ++j) {
      const auto of = [&](const std::vector<double>& shares, std::uint32_t stream) {
        double u = uniform({.seed = 5, .stream = stream, .step = std::uint32_t(round)}, j);
        std::size_t i = 0;
        while (i < 3 && u >= shares[i]) u -= shares[i++];
        return i;
      };
      q[of(law, 0)] += 1.0 / draws;
      drawn[of(p, 1)] += 1.0 / draws;
    }
    const Estimate found = sampled_divergence(q, drawn, draws, draws);
    sum += found.value / rounds;
    squares += found.value * found.value / rounds;
    predicted += found.error / rounds;
  }
  const double spread = std::sqrt(squares - sum * sum);
  CHECK(std::abs(sum - exact) <= 4 * spread / std::sqrt(rounds));
  CHECK(predicted == Approx(spread).epsilon(0.15));
}

TEST_CASE("score_error: relative entropy of variances, without cancellation", "[score_error]") {
  CHECK(variance_divergence(1) == Approx((1 - std::log(2)) / 2).epsilon(1e-15));
  CHECK(variance_divergence(-0.5) == Approx((-0.5 + std::log(2)) / 2).epsilon(1e-15));
  CHECK(variance_divergence(1e-6) == Approx(1e-12 / 4 * (1 - 2e-6 / 3)).epsilon(1e-12));
  CHECK(variance_divergence(0.00999999) == Approx(variance_divergence(0.01000001)).epsilon(1e-5));
}
