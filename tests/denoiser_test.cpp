/// Scores and denoisers against reference values (34-digit arithmetic), least squares against
/// normal equations, theory of fits against fits; and that the checks can fail.

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "solvers/cluster_score.hpp"
#include "studies/score/denoiser_checks.hpp"
#include "studies/score/learned_reverse.hpp"
#include "studies/score/reverse_law.hpp"
#include "studies/score/score_checks.hpp"
#include "studies/score/score_on_grid.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

Component cluster(double weight, double mean, double sd) {
  return {.weight = weight, .along = {Spread{mean, mean, sd}}};
}

Mixture mixture() {
  return {1, {cluster(0.3, -1, 0.2), cluster(0.45, 0.2, 0.15), cluster(0.25, 1.3, 0.3)}};
}

Mixture population(const std::string& name) {
  if (name == "mixture") return mixture();
  if (name == "uniform_0_1") return {1, {Component{.along = {Spread{0, 1, 0}}}}};
  if (name == "normal_var4") return {1, {cluster(1, 0, 2)}};
  return {1, {cluster(0.5, -1, 0), cluster(0.5, 1, 0)}};
}

Mixture plane() {
  const auto at = [](double weight, double x, double y, double sd) {
    return Component{.weight = weight, .along = {Spread{x, x, sd}, Spread{y, y, sd}}};
  };
  return {2, {at(0.3, -1, 0, 0.4), at(0.45, 0.2, 1, 0.3), at(0.25, 1, -0.8, 0.5)}};
}

DenoiserPlan plan_of(FeatureKind kind, int count) {
  return {.features = {.kind = kind, .count = count, .in_time = 3, .first = 0.3, .last = 10},
          .times = {0.3, 1},
          .first = 0.3,
          .last = 10,
          .samples = 4096,
          .replicates = 8};
}

}  // namespace

TEST_CASE("scores by posterior, quadrature and differences are the references'", "[denoiser]") {
  const Json all = reference("ve_process.json");
  int rows = 0;
  for (const auto& [name, data] : all.get_child("populations")) {
    const Mixture law = population(name);
    for (const auto& [key, row] : data.get_child("posterior")) {
      const double t = row.get<double>("t"), z = row.get<double>("z");
      const double s = row.get<double>("score"), size = 1 / std::sqrt(t) + std::abs(s);
      CAPTURE(name, t, z);
      const NoiseLevel level{law, t};
      const Posterior found = level.posterior({z, 0, 0});
      CHECK(std::abs(found.mean[0] - row.get<double>("E")) <= 1e-12);
      // Of a uniform law it is a difference of scores.
      CHECK(std::abs(found.variance[0] - row.get<double>("Var")) <= 1e-9 * t * std::sqrt(t) * size);
      CHECK(std::abs((found.mean[0] - z) / t - s) <= 1e-11 * size);
      CHECK(std::abs(score_by_quadrature(law, t, z) - s) <= 1e-9 * size);
      CHECK(std::abs(score_by_differences(level, 0, {z, 0, 0}) - s) <= 1e-9 * size);
      ++rows;
    }
    for (const auto& [key, row] : data.get_child("mmse_I")) {
      const double t = row.get<double>("t0");
      CAPTURE(name, t);
      CHECK(std::abs(mmse(NoiseLevel{law, t}) - row.get<double>("mmse")) <= 1e-9 * t);
    }
  }
  CHECK(rows == 4 * 28);
}

TEST_CASE("the ways to a score agree, in the plane, too", "[denoiser]") {
  for (const auto& law : {mixture(), plane(), population("twopoint_pm1")}) {
    std::vector<ScoreWays> ways;
    const std::vector<double> times{0.1, 1, 10};
    for (const double t : times) ways.push_back(compare_scores(law, t));
    for (const auto& check : score_checks(times, ways, law.dimension())) {
      CAPTURE(check.name, check.measured);
      CHECK(check.passed());
    }
    ways[1].by_differences = 1e-8;
    CHECK_FALSE(all_passed(score_checks(times, ways, law.dimension())));
    ways[1].by_differences = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(all_passed(score_checks(times, ways, law.dimension())));
  }
}

TEST_CASE("E[y|t,z] is that of the score of clusters", "[denoiser]") {
  const Mixture law = plane();
  ClusterScore score{{.dimension = 2,
                      .weights = {0.3, 0.45, 0.25},
                      .means = {-1, 0, 0.2, 1, 1, -0.8},
                      .variances = {0.16, 0.09, 0.25}}};
  for (const double t : {0.01, 0.3, 10.0}) {
    const std::vector<double> z{0.4, -1.1};
    std::vector<double> s(2);
    score(t, z, s);
    const Posterior found = NoiseLevel{law, t}.posterior({z[0], z[1], 0});
    for (std::size_t a = 0; a < 2; ++a) {
      CHECK(found.mean[a] == Approx(z[a] + t * s[a]).margin(1e-13));
    }
  }
}

TEST_CASE("nodes have the moments of the law", "[denoiser]") {
  for (const auto& law : {mixture(), plane(), population("uniform_0_1")}) {
    const NoiseLevel level{law, 0.3};
    const Moments moments = level.law().moments();
    double mass = 0, mean = 0, square = 0;
    for (const auto& [z, weight] : level.nodes()) {
      mass += weight;
      mean += weight * z[0];
      square += weight * z[0] * z[0];
    }
    CHECK(mass == Approx(1).epsilon(1e-13));
    CHECK(mean == Approx(moments.mean[0]).margin(1e-13));
    CHECK(square - mean * mean == Approx(moments.covariance[0][0]).epsilon(1e-12));
  }
}

TEST_CASE("score on the grid is of order 2", "[denoiser]") {
  const auto errors = [](int cells) {
    const BuiltProblem problem{
        "[problem]\nkind = ornstein_uhlenbeck\nweights = 0.3, 0.45, 0.25\nmeans = -1, 0.2, 1.3\n"
        "sds = 0.2, 0.15, 0.3\n[grid]\nlower = -9\nupper = 9\ncells = " +
        std::to_string(cells) + "\n"};
    CHECK(levels_on_grid(*problem, std::array{0.01, 1.0, 3.0}).front() ==
          (cells < 300 ? 1.0 : 0.01));
    return grid_score_errors(*problem, std::array{1.0, 3.0});
  };
  const auto coarse = errors(200), fine = errors(400);
  CHECK(grid_check({1, 3}, {coarse, fine}).passed());
  CHECK_FALSE(grid_check({1, 3}, {coarse, coarse}).passed());
}

TEST_CASE("features: orthonormal, sums to one, scaled", "[denoiser]") {
  const Mixture normal{1, {cluster(1, 0.5, 2)}};
  // Hermite's under N(0, 1): with noise t = 5 and v = 4 the scale is 3.
  const Features hermite{normal, {.kind = FeatureKind::hermite, .count = 6}};
  CHECK(hermite.argument(5, {3.5, 0, 0})[0] == Approx(1));
  CHECK(hermite.place(5, {1, 0, 0})[0] == Approx(3.5));
  CHECK(feature_condition(hermite, NoiseLevel{normal, 5}) == Approx(1).epsilon(1e-10));
  CHECK(condition_bound(hermite, NoiseLevel{normal, 5}) == Approx(1).epsilon(1e-10));
  std::vector<double> values(6);
  hermite(5, {3.5 + 3, 0, 0}, values);  // x = 2: He_3 = 8 - 6, over sqrt(6)
  CHECK(values[3] == Approx(2 / std::sqrt(6.0)));
  const Features splines{normal, {.kind = FeatureKind::splines, .count = 7}};
  std::vector<double> parts(7);
  for (const double z : {-20.0, -3.0, 0.5, 2.2, 8.5, 30.0}) {
    splines(5, {z, 0, 0}, parts);
    double sum = 0;
    for (const double part : parts) sum += part;
    CHECK(sum == Approx(1).epsilon(1e-14));
  }
  const Features both{
      plane(),
      {.kind = FeatureKind::monomials, .count = 3, .in_time = 2, .first = 0.1, .last = 10}};
  CHECK(both.size() == 12);
  CHECK(feature_count({.kind = FeatureKind::radial, .count = 5}, 3) == 125);
  CHECK_THROWS_AS(feature_kind("wavelets"), std::invalid_argument);
}

TEST_CASE("samples are the same on any number of ranks", "[denoiser]") {
  const SamplePlan plan{.seed = 5, .stream = 3, .count = 1000, .first = 0.1, .last = 10};
  const auto own = draw(plane(), plan, PETSC_COMM_WORLD),
             all = draw(plane(), plan, PETSC_COMM_SELF);
  const auto begin =
      static_cast<std::size_t>(1000 * rank_of(PETSC_COMM_WORLD) / size_of(PETSC_COMM_WORLD));
  CHECK(all.size() == 1000);
  for (std::size_t i = 0; i < own.size(); ++i) {
    CHECK(own[i].t == all[begin + i].t);
    CHECK(own[i].z == all[begin + i].z);
    CHECK(own[i].z[1] == own[i].y[1] + std::sqrt(own[i].t) * own[i].eps[1]);
  }
  double mean = 0;
  for (const auto& sample : all) mean += std::log(sample.t) / 1000;
  CHECK(std::abs(mean) <= 4 * std::log(100.0) / std::sqrt(12.0 * 1000));
}

TEST_CASE("learned denoisers: excess, ladders and readings hold", "[denoiser]") {
  for (const auto kind :
       {FeatureKind::splines, FeatureKind::radial, FeatureKind::hermite, FeatureKind::monomials}) {
    const DenoiserPlan plan = plan_of(kind, 6);
    const Mixture law = mixture();
    const Features features{law, plan.one_level()};
    std::vector<LevelFit> fits;
    for (const double t : plan.times) {
      const LearnedDenoiser learned{
          features, draw(law, plan.at(t, DenoiserPlan::Use::learning), PETSC_COMM_WORLD),
          PETSC_COMM_WORLD};
      fits.push_back(look_at(learned, law, plan, t, PETSC_COMM_WORLD));
      CHECK(all_passed(reading_checks(learned, fits.back(), law, plan, PETSC_COMM_WORLD)));
    }
    CAPTURE(static_cast<int>(kind), table(level_checks(fits)));
    CHECK(all_passed(level_checks(fits)));
    std::vector<FeatureRung> rungs{feature_rung(law, plan, 4, PETSC_COMM_WORLD),
                                   feature_rung(law, plan, 7, PETSC_COMM_WORLD)};
    CAPTURE(table(feature_checks(plan, rungs)));
    CHECK(all_passed(feature_checks(plan, rungs)));
    CHECK(all_passed(sample_checks({sample_rung(law, plan, 1, 4000, PETSC_COMM_WORLD)})));
    CHECK(normal_check(law, plan, PETSC_COMM_WORLD).passed());
    if (is_polynomial(kind)) CHECK(score_matching_check(law, plan, PETSC_COMM_WORLD).passed());
    fits.front().excess += 5 * fits.front().sampled.error + fits.front().excess;
    CHECK_FALSE(all_passed(level_checks(fits)));
    std::swap(rungs.front(), rungs.back());
    CHECK_FALSE(all_passed(feature_checks(plan, rungs)));
  }
}

TEST_CASE("in the plane every component of y is learned", "[denoiser]") {
  const DenoiserPlan plan = plan_of(FeatureKind::hermite, 4);
  const Mixture law = plane();
  const Features features{law, plan.one_level()};
  CHECK(features.size() == 10);
  const LearnedDenoiser learned{
      features, draw(law, plan.at(1, DenoiserPlan::Use::learning), PETSC_COMM_WORLD),
      PETSC_COMM_WORLD};
  const LevelFit fit = look_at(learned, law, plan, 1, PETSC_COMM_WORLD);
  CHECK(all_passed(level_checks({fit})));
  CHECK(all_passed(reading_checks(learned, fit, law, plan, PETSC_COMM_WORLD)));
  CHECK(normal_check(law, plan, PETSC_COMM_WORLD).passed());
  CHECK(score_matching_check(law, plan, PETSC_COMM_WORLD).passed());
}

TEST_CASE("best fits: linear features of a normal law, by hand", "[denoiser]") {
  const Mixture normal{1, {cluster(1, 0, 2)}};
  const NoiseLevel level{normal, 1};
  const BestFit linear{Features{normal, {.kind = FeatureKind::hermite, .count = 2}}, level};
  CHECK(linear.approximation() <= 1e-25);
  CHECK(linear.estimation(100) == Approx(2 * 0.8 / 100).epsilon(1e-12));
  CHECK(linear.neglected(100) == Approx(6.0 / 2 / 100).epsilon(1e-12));  // E(1 + x^2)^2 = 6, k = 2
  const BestFit constant{Features{normal, {.kind = FeatureKind::hermite, .count = 1}}, level};
  CHECK(constant.approximation() == Approx(16.0 / 5).epsilon(1e-12));
}

TEST_CASE("condition numbers: flat with the scaling, a power without", "[denoiser]") {
  const Mixture law = mixture();
  FeaturePlan plan{.kind = FeatureKind::monomials, .count = 5};
  std::vector<ConditionRow> rows;
  for (const double t : {1.0, 100.0, 1e4}) {
    plan.scaled = true;
    const Features scaled{law, plan};
    plan.scaled = false;
    const Features raw{law, plan};
    const NoiseLevel level{law, t};
    const auto samples = draw(law, {.count = 4096, .first = t, .last = t}, PETSC_COMM_WORLD);
    rows.push_back({.t = t,
                    .scaled = feature_condition(scaled, level),
                    .raw = feature_condition(raw, level),
                    .bound = condition_bound(scaled, level),
                    .sampled = sampled_condition(scaled, samples, PETSC_COMM_WORLD)});
    CHECK(rows.back().sampled == Approx(rows.back().scaled).epsilon(0.5));
  }
  CHECK(all_passed(condition_checks(rows, 0.77)));
  // Of degree 4: t^(4/2), 10^4 for a factor of 100 in t.
  CHECK(std::log(rows[2].raw / rows[1].raw) / std::log(100) == Approx(2).margin(0.02));
  rows.back().scaled = rows.back().raw;
  CHECK_FALSE(condition_checks(rows, 0.77).front().passed());
  rows.back().raw = 1;
  CHECK_FALSE(condition_checks(rows, 0.77).back().passed());
}

TEST_CASE("reverse particles: exact denoiser to the exact law, learned within its bound",
          "[denoiser]") {
  DenoiserPlan plan = plan_of(FeatureKind::splines, 8);
  plan.particles = 8192;
  plan.steps = 48;
  for (const auto& law : {mixture(), plane()}) {
    const DenoiserAt exact = [&](double t) {
      return [level = NoiseLevel{law, t}](const Point& z) { return level.posterior(z).mean; };
    };
    const DenoiserAt none = [](double) { return [](const Point& z) { return z; }; };
    const EndShares found = reversed_shares(exact, law, plan, PETSC_COMM_WORLD);
    double all = 0;
    for (const double share : found.shares) all += share;
    CHECK(all == Approx(1).epsilon(1e-14));
    // Heun's steps of a twelfth of an e-fold leave some 1e-4.
    CHECK(std::abs(found.divergence()) <= 4 * found.deviation(0) + 1e-3);
    const EndShares wrong = reversed_shares(none, law, plan, PETSC_COMM_WORLD);
    const Check claim = reverse_end_check(found, found, 0.001);
    CHECK(claim.passed());
    CHECK_FALSE(reverse_end_check(wrong, found, 0.001).passed());
    const double expected = divergence_without_score(law, plan);
    CHECK(std::abs(wrong.divergence() - expected) <= 4 * wrong.deviation(expected));
    CHECK(reverse_end_control(wrong, claim, expected).front().passed());
    CHECK_FALSE(reverse_end_control(found, claim, expected).front().passed());
    const Check loose = reverse_end_check(found, found, expected);
    CHECK(reverse_end_control(wrong, loose, expected).empty());
  }
}

TEST_CASE("a constant error of the score: Girsanov's bound and the law at the end, by hand",
          "[denoiser]") {
  // Of N(0, s^2) with a = s^2 + t and the score -z/a + b: the law at t_0 is N(delta, a_0),
  // delta = b a_0 ln(a_T/a_0).
  constexpr double square = 0.49, b = 0.4;
  DenoiserPlan plan = plan_of(FeatureKind::splines, 8);
  plan.particles = 65536;
  plan.steps = 96;
  const Mixture normal{1, {cluster(1, 0, std::sqrt(square))}};
  const double path = girsanov_bound([](double t) { return t * t * b * b; }, plan.first, plan.last);
  CHECK(path == Approx(b * b * (plan.last - plan.first) / 2).epsilon(1e-12));
  const double a_0 = square + plan.first, a_T = square + plan.last;
  const double delta = b * a_0 * std::log(a_T / a_0), end = delta * delta / (2 * a_0);
  CHECK(end < path);
  const DenoiserAt off = [](double t) {
    return [t](const Point& z) { return Point{z[0] * square / (square + t) + t * b, 0, 0}; };
  };
  EndShares found = reversed_shares(off, normal, plan, PETSC_COMM_WORLD);
  // 32 bins show a little less than the whole KL, of two normal laws some percent.
  CHECK(found.divergence() <= end + 4 * found.deviation(end));
  CHECK(found.divergence() >= 0.9 * end - 4 * found.deviation(end));
  const Spread law{delta, delta, std::sqrt(a_0)};
  for (std::size_t i = 0; i < found.exact.size(); ++i) {
    const double above = i < found.edges.size() ? law.below(found.edges[i]) : 1;
    found.exact[i] = above - (i > 0 ? law.below(found.edges[i - 1]) : 0);
  }
  // Heun's steps of a twenty-seventh of an e-fold leave some 1e-5.
  CHECK(std::abs(found.divergence()) <= 4 * found.deviation(0) + 1e-4);
}

TEST_CASE("mean excess of polynomials where what they cannot fit dominates", "[denoiser]") {
  DenoiserPlan plan = plan_of(FeatureKind::monomials, 2);
  plan.replicates = 256;
  // Of two points with little noise y is known, and z is a line through it.
  const Mixture points = population("twopoint_pm1");
  for (const int count : {2, 3}) {
    plan.features.count = count;
    const SampleRung rung = sample_rung(points, plan, 0.05, 4000, PETSC_COMM_WORLD);
    CAPTURE(count, rung.excess.value, rung.excess.error, rung.estimation, rung.approximation);
    CHECK(std::abs(rung.excess.value - rung.approximation - rung.estimation) <=
          4 * rung.excess.error + 2 * rung.neglected * rung.estimation);
    // What there would be without the misfit in S is seen to be another number.
    const double noise = mmse(NoiseLevel{points, 0.05}) * count / 4000;
    CHECK(rung.estimation - noise > 8 * rung.excess.error);
  }
}

TEST_CASE("few steps of reverse particles have the law of Heun's steps", "[denoiser]") {
  DenoiserPlan plan = plan_of(FeatureKind::splines, 8);
  plan.particles = 65536;
  plan.steps = 5;
  const Mixture normal{1, {cluster(1, 0, 1)}};
  const DenoiserAt exact = [](double t) {
    return [t](const Point& z) { return Point{z[0] / (1 + t), 0, 0}; };
  };
  EndShares found = reversed_shares(exact, normal, plan, PETSC_COMM_WORLD);
  const NormalState stepped = stepped_normal({}, {.mean = 0, .variance = 1 + plan.last},
                                             log_times(plan.last, plan.first, plan.steps), 1,
                                             reverse_motion(1), ReverseScheme::heun);
  CHECK(found.divergence() > 10 * found.deviation(0));  // five steps are not the process
  const Spread law{0, 0, std::sqrt(stepped.variance)};
  for (std::size_t b = 0; b < found.exact.size(); ++b) {
    const double left = b > 0 ? found.edges[b - 1] : -Region::infinity;
    found.exact[b] = law.below(b < found.edges.size() ? found.edges[b] : Region::infinity) -
                     (b > 0 ? law.below(left) : 0);
  }
  CHECK(std::abs(found.divergence()) <= 4 * found.deviation(0));
}

TEST_CASE("a learned denoiser at one level of many", "[denoiser]") {
  const DenoiserPlan plan = plan_of(FeatureKind::radial, 6);
  const Mixture law = mixture();
  const LearnedDenoiser learned{
      Features{law, plan.features},
      draw(law, plan.over_all(DenoiserPlan::Use::learning), PETSC_COMM_WORLD), PETSC_COMM_WORLD};
  CHECK(learned.features().size() == 18);
  const auto at = learned.at(0.7);
  for (const double z : {-2.0, 0.1, 1.5}) {
    CHECK(at({z, 0, 0})[0] == Approx(learned(0.7, {z, 0, 0})[0]).epsilon(1e-12));
  }
}

TEST_CASE("checks of many fits can fail", "[denoiser]") {
  SampleRung rung{.samples = 1000,
                  .excess = {.value = 0.012, .error = 0.0004},
                  .approximation = 0.001,
                  .estimation = 0.01,
                  .neglected = 0.01,
                  .features = 10,
                  .replicates = 16};
  CHECK(all_passed(sample_checks({rung})));
  CHECK(sample_checks({rung}).size() == 1);
  rung.excess.value = 0.006;
  CHECK_FALSE(all_passed(sample_checks({rung})));
  // 3.5 of what 4 standard errors would allow: of 3 fits that is nothing.
  rung.replicates = 3;
  CHECK(all_passed(sample_checks({rung})));
  rung.neglected = 0.03;
  CHECK(sample_checks({rung}).empty());
}

}  // namespace feller::test
