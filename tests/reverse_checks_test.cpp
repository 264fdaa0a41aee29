/// What the study of reverse processes judges by: cells, quantiles, exact laws from N(0, T),
/// limits. Each judgement is tried on what is right and on a fault.

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "studies/score/reverse_horizon.hpp"
#include "studies/score/reverse_limit.hpp"
#include "studies/score/reverse_normal_checks.hpp"
#include "studies/score/reverse_quantiles.hpp"
#include "studies/score/reverse_start.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

const Clusters mixture{.dimension = 1,
                       .weights = {0.3, 0.45, 0.25},
                       .means = {-1, 0.2, 1.3},
                       .variances = {0.04, 0.0225, 0.09}};
const Clusters one_cluster{.weights = {1}, .means = {0.5}, .variances = {1}};

const std::string mixture_text =
    "[problem]\nkind = brownian\npopulation = mixture\nweights = 0.3, 0.45, 0.25\n"
    "means = -1, 0.2, 1.3\nsds = 0.2, 0.15, 0.3\n[grid]\ncells = 60\nlower = -3\nupper = 3\n";
const std::string normal_text =
    "[problem]\nkind = brownian\nmeans = 0.5\nsds = 1\n[grid]\ncells = 60\nlower = -4\nupper = 5\n";

LadderPlan plan_of(bool exact_start, std::int64_t particles) {
  return {.times = log_times(10, 0.1, 64),
          .levels = 3,
          .scheme = ReverseScheme::heun,
          .exact_start = exact_start,
          .particles = particles};
}

/// All that the study judges of ensembles, by the names of the checks.
std::map<std::string, bool> judge(const BuiltProblem& problem, const Clusters& clusters,
                                  const LadderPlan& plan, const LadderPlan& as_if,
                                  const std::vector<NamedMotion>& motions) {
  const Grid& grid = problem->grid();
  const ReverseLaw law = reverse_law(clusters, as_if, motions, problem->process()->law(0.1));
  std::vector<CellCounts> counts(motions.size(), CellCounts{grid});
  ReverseParticles particles{clusters, 3};
  const auto results = run_ladder(
      grid.comm(), particles, motions, plan,
      [&](std::size_t m, const std::vector<double>& z, std::size_t count) {
        counts[m].take(z, count);
      },
      [](double) {});
  for (auto& one : counts) one.gather();
  const Judged judged = law.population ? normal_checks(law, as_if, motions, results)
                                       : ladder_checks(law, as_if, motions, results);
  std::map<std::string, bool> passed;
  for (const auto& check : judged.checks) passed[check.name] = check.passed();
  for (const auto& check : cell_checks(law, as_if, motions, results, counts).checks) {
    passed[check.name] = check.passed();
  }
  return passed;
}

std::map<std::string, bool> judge(const BuiltProblem& problem, const Clusters& clusters,
                                  const LadderPlan& plan, const std::vector<NamedMotion>& motions) {
  return judge(problem, clusters, plan, plan, motions);
}

/// The motions, with the printed noise under the names of the right ones.
std::vector<NamedMotion> with_fault(const std::vector<double>& lambdas) {
  auto motions = motions_of(lambdas);
  std::erase_if(motions, [](const NamedMotion& one) { return one.printed; });
  for (auto& one : motions) one.motion = printed_motion(one.lambda);
  return motions;
}

}  // namespace

TEST_CASE("particles are counted in the cells where they are", "[reverse_checks]") {
  const BuiltProblem problem{
      "[problem]\nkind = brownian\nmeans = 0\nsds = 1\n[grid]\ncells = 8\nlower = -4\nupper = 4\n"};
  CellCounts counts{problem->grid()};
  if (rank_of(PETSC_COMM_WORLD) == 0) counts.take({-4, -3.5, -3, -0.01, 0, 3.999, 4, -4.001}, 8);
  counts.gather();
  const std::vector<double> expected{2, 1, 0, 1, 1, 0, 0, 1};
  for (int i = 0; i < 8; ++i) {
    CHECK(counts.density({i, 0, 0}) == expected[static_cast<std::size_t>(i)] / 8);
  }
}

TEST_CASE("chi-square and entropy of cells tell the right law from wrong ones",
          "[reverse_checks]") {
  const BuiltProblem problem{normal_text};
  constexpr std::size_t number = 40000;
  ReverseParticles particles{one_cluster, 5};
  CellCounts counts{problem->grid()};
  if (rank_of(PETSC_COMM_WORLD) == 0) {
    counts.take(particles.start_exact(0.2, 0, number), number);
  }
  counts.gather();
  const auto right = problem->process()->law(0.2), wrong = problem->process()->law(0);
  const CellTest found = counts.test(*right);
  CHECK(found.freedom > 30);
  CHECK(found.square < found.bound());
  // Chance makes as much as that, at least; a chi-square of 0 is none.
  CHECK(found.square > found.freedom - 4 * std::sqrt(2 * found.freedom));
  CHECK(std::abs(counts.score(*right)) < 4);
  CHECK(counts.test(*wrong).square > 10 * found.bound());
  const double entropy = relative_entropy({0, 1.2}, {0, 1});
  CHECK(std::abs(counts.divergence(*right)) < 4 * std::sqrt(found.freedom / 2) / number);
  CHECK(counts.divergence(*wrong) ==
        Approx(entropy).margin(4 * std::sqrt(2 * entropy / number)).epsilon(0.01));
}

TEST_CASE("laws at t_0 from N(0, T) agree with the reference", "[reverse_checks]") {
  const Json all = reference("reverse.json");
  for (const auto& [key, entry] : all.get_child("mixture_closed_quadrature")) {
    const auto T = entry.get<double>("T"), t0 = entry.get<double>("t0");
    for (const bool flow : {true, false}) {
      const auto law = flow ? flow_from_normal(mixture, T, t0) : bridge_from_normal(mixture, T, t0);
      const Json& expected = entry.get_child(flow ? "lambda0" : "lambda1");
      CHECK(relative_entropy(*law, mixture, t0) ==
            Approx(expected.get<double>("KL")).epsilon(1e-9));
      auto density = expected.get_child("density").begin();
      for (const auto& [number, x] : entry.get_child("x")) {
        const double at = x.get_value<double>();
        const double exact = (density++)->second.get_value<double>();
        CHECK(law->density({at, 0, 0}) == Approx(exact).epsilon(1e-10));
        // A narrow cell has the density's share.
        CHECK(law->probability({{at - 5e-4}, {at + 5e-4}}) == Approx(1e-3 * exact).epsilon(1e-5));
      }
      CHECK(law->probability({{-20}, {20}}) == Approx(1).epsilon(1e-9));
      CHECK(law->mass_outside({{-20}, {20}}) < 1e-9);
    }
    CHECK(start_entropy(mixture, T) ==
          Approx(entry.get_child("lambda0").get<double>("KL")).epsilon(1e-11));
  }
  const Moments moments = bridge_from_normal(mixture, 10, 0.1)->moments();
  CHECK(moments.mean[0] == Approx(0.1055474842).epsilon(1e-8));
  CHECK(moments.covariance[0][0] == Approx(0.8681463667).epsilon(1e-8));
}

TEST_CASE("quantiles are kept without noise, and not with twice the drift", "[reverse_checks]") {
  const BuiltProblem problem{normal_text};
  ReverseParticles particles{one_cluster, 1};
  const LadderPlan plan = plan_of(true, 1000);
  const auto errors = [&](const ReverseMotion& motion) {
    return quantile_errors(PETSC_COMM_WORLD, particles, *problem->process(), plan, motion);
  };
  const auto kept = errors(reverse_motion(0)), doubled = errors({.drift = 1, .noise = 0});
  CHECK(kept[2] < 1e-3);
  CHECK(std::log2(kept[1] / kept[2]) == Approx(2).margin(0.1));
  // rms of Phi(c G) - Phi(G) with c^2 = 1.1/11, by 4096 draws.
  double sum = 0;
  for (double g = -8; g <= 8; g += 0.01) {
    const double off = (std::erf(g * std::sqrt(0.05)) - std::erf(g * std::sqrt(0.5))) / 2;
    sum += off * off * std::exp(-g * g / 2) / std::sqrt(2 * std::acos(-1)) * 0.01;
  }
  CHECK(doubled[2] == Approx(std::sqrt(sum)).epsilon(0.05));
  const auto law = reverse_law(one_cluster, plan, motions_of({0}), problem->process()->law(0.1));
  for (const auto& check : quantile_checks(law, plan, kept, doubled).checks) CHECK(check.passed());
  for (const auto& check : quantile_checks(law, plan, doubled, kept).checks) {
    CHECK_FALSE(check.passed());
  }
}

TEST_CASE("checks of a mixture hold for the right noise and fail for a wrong one",
          "[reverse_checks]") {
  const BuiltProblem problem{mixture_text};
  const LadderPlan plan = plan_of(true, 60000);
  const auto right = judge(problem, mixture, plan, motions_of({0.5, 2}));
  CHECK(right.contains("limit_lambda_0.5"));
  CHECK(right.contains("cells_lambda_2"));
  CHECK(right.contains("control_cells_printed_2"));
  for (const auto& [name, passed] : right) CHECK((passed ? "" : name) == "");
  const auto wrong = judge(problem, mixture, plan, with_fault({0.5, 2}));
  CHECK_FALSE(wrong.at("limit_lambda_0.5"));
  CHECK_FALSE(wrong.at("limit_lambda_2"));
  CHECK_FALSE(wrong.at("cells_lambda_0.5"));
}

TEST_CASE("checks from N(0, T) hold for it, and fail for another start or noise",
          "[reverse_checks]") {
  const BuiltProblem problem{mixture_text};
  const LadderPlan plan = plan_of(false, 60000);
  const auto right = judge(problem, mixture, plan, motions_of({0, 0.5, 1}));
  for (const char* name : {"limit_lambda_0", "cells_lambda_1", "entropy_lambda_0.5"}) {
    CHECK(right.contains(name));
  }
  for (const auto& [name, passed] : right) CHECK((passed ? "" : name) == "");
  CHECK_FALSE(judge(problem, mixture, plan, with_fault({0.5})).at("entropy_lambda_0.5"));
  // As if from N(0, T), but from p_T.
  const auto other = judge(problem, mixture, plan_of(true, 60000), plan, motions_of({0}));
  CHECK_FALSE(other.at("limit_lambda_0"));
  CHECK_FALSE(other.at("cells_lambda_0"));
}

TEST_CASE("checks of a normal population hold for the right noise and fail for a wrong one",
          "[reverse_checks]") {
  const BuiltProblem problem{normal_text};
  for (const bool exact : {true, false}) {
    const LadderPlan plan = plan_of(exact, 20000);
    const auto right = judge(problem, one_cluster, plan, motions_of({0, 0.5, 2}));
    for (const auto& [name, passed] : right) CHECK((passed ? "" : name) == "");
    CHECK(right.contains("order_lambda_0.5"));
    const auto wrong = judge(problem, one_cluster, plan, with_fault({0.5, 2}));
    CHECK_FALSE(wrong.at("limit_lambda_0.5"));
    CHECK_FALSE(wrong.at("limit_lambda_2"));
  }
}

TEST_CASE("the printed noise reaches (lambda - 1 - ln lambda)/2 with its order in T",
          "[reverse_checks]") {
  const LadderPlan plan = plan_of(true, 1000);
  const auto motions = motions_of({0.5, 2});
  const BuiltProblem problem{normal_text};
  const auto law = reverse_law(one_cluster, plan, motions, problem->process()->law(0.1));
  const auto half = horizons(law, plan, 0.5), two = horizons(law, plan, 2);
  CHECK(half.back().entropy == Approx(0.0965735903).margin(1e-5));
  CHECK(two.back().entropy == Approx(0.1534264097).margin(1e-5));
  // T grows a hundredfold: r^(1/2) falls tenfold.
  CHECK(half[2].gap / half[3].gap == Approx(10).epsilon(0.02));
  const Judged judged = horizon_checks(law, plan, motions);
  CHECK(judged.checks.size() == 4);
  for (const auto& check : judged.checks) CHECK(check.passed());
}

TEST_CASE("particles start in the clusters by their shares, of whatever sum", "[reverse_checks]") {
  for (const double scale : {0.01, 1.0, 40.0}) {
    const Clusters far{.weights = {scale, 3 * scale}, .means = {-1e3, 1e3}, .variances = {0, 1}};
    ReverseParticles particles{far, 9};
    constexpr std::size_t number = 10000;
    const auto z = particles.start_exact(1, 0, number);
    double left = 0, squares = 0;
    for (const double value : z) {
      left += value < 0 ? 1 : 0;
      squares += std::pow(value + (value < 0 ? 1e3 : -1e3), 2);
    }
    CHECK(std::abs(left / number - 0.25) < 4 * std::sqrt(0.25 * 0.75 / number));
    // Variances v_k + T: 1 and 2.
    CHECK(squares / number == Approx(1.75).epsilon(4 * std::sqrt(2.5 / number)));
  }
}

}  // namespace feller::test
