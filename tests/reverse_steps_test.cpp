/// Time grids of reverse steps against the reference numbers of the mathematics (N(0, 1/4), t from
/// 100 to 0.01, 256 steps), and reverse processes with a wrong score.

#include <catch2/catch.hpp>
#include <cmath>

#include "studies/score/step_cost.hpp"
#include "studies/score/wrong_score.hpp"
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
  CHECK(cost.length() == Approx(log_ratio / 2).epsilon(1e-6));
  CHECK(cost.curvature(2) == Approx(0.25 / (2.25 * 2.25)).epsilon(1e-5));
  // The optimal grid is uniform in ln(s^2 + t).
  const Times optimal = cost.optimal_times(64);
  for (std::size_t k = 0; k <= 64; ++k) {
    CHECK(
        std::log(variance + optimal[k]) ==
        Approx(std::log(variance + first) + log_ratio * static_cast<double>(k) / 64).margin(1e-4));
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

TEST_CASE("score_error: the shift in closed form, by equations and by fine steps",
          "[score_error]") {
  const WrongScore model{.variance = 1, .error = 0.1, .first = 0.01, .last = 100};
  CHECK(model.shift(1) == Approx(0.1 * 1.01 * std::log(101 / 1.01)).epsilon(1e-14));
  for (const double lambda : {0.0, 0.3, 1.0, 2.0, 7.0}) {
    const double g = (1 + lambda) / 2;
    if (lambda != 1) {
      CHECK(model.shift(lambda) ==
            Approx(g * 0.1 * 1.01 * (1 - std::pow(1.01 / 101, g - 1)) / (g - 1)).epsilon(1e-12));
    }
    const auto [mean, spread] = model.by_equations(lambda, 2000);
    CHECK(mean == Approx(model.shift(lambda)).epsilon(1e-9));
    CHECK(spread == Approx(1.01).epsilon(1e-9));
    const auto fine = model.by_steps(lambda, model.times(20'000));
    CHECK(fine.mean == Approx(model.shift(lambda)).epsilon(2e-3));
    CHECK(fine.variance == Approx(1.01).epsilon(2e-3));
    if (lambda > 0) CHECK(model.divergence(lambda) <= model.path_divergence(lambda));
  }
  CHECK(model.path_divergence(1) == Approx(0.01 * 99.99 / 2));
  CHECK(model.path_divergence(2) > model.path_divergence(1));
  CHECK(model.path_divergence(0.5) > model.path_divergence(1));
  // Control: the end does not share the bound's optimum.
  CHECK(model.divergence(2) < 0.7 * model.divergence(1));
}

TEST_CASE("score_error: particles have the law of their steps, on any number of ranks",
          "[score_error]") {
  const WrongScore model{};
  const std::int64_t particles = 20'001;
  for (const double lambda : {0.5, 2.0}) {
    const Times times = model.times(50);
    const auto law = model.by_steps(lambda, times);
    const auto found = reverse_particles(PETSC_COMM_WORLD, model, lambda, times, particles, 3, 1);
    CHECK(std::abs(found.mean - law.mean) <= 4 * std::sqrt(law.variance / particles));
    CHECK(std::abs(found.variance - law.variance) <= 4 * law.variance * std::sqrt(2. / particles));
    const auto alone = reverse_particles(PETSC_COMM_SELF, model, lambda, times, particles, 3, 1);
    CHECK(found.mean == Approx(alone.mean).epsilon(1e-12));
    CHECK(found.variance == Approx(alone.variance).epsilon(1e-12));
  }
}
