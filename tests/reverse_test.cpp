/// Particles of the reverse processes and the score that moves them.

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "solvers/block_sums.hpp"
#include "solvers/reverse_particles.hpp"
#include "studies/score/reverse_ladder.hpp"
#include "studies/score/reverse_law.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

const Clusters mixture{.dimension = 1,
                       .weights = {0.3, 0.45, 0.25},
                       .means = {-1, 0.2, 1.3},
                       .variances = {0.04, 0.0225, 0.09}};

const Clusters in_space{.dimension = 3,
                        .weights = {1, 2, 1},
                        .means = {-1, 0, 2, 0.5, 0.5, 0, 3, -1, 1},
                        .variances = {0.25, 0.5, 0}};

/// ln p_t in long double, one cluster after the other.
long double log_density(const Clusters& c, double t, const std::vector<long double>& z) {
  std::vector<long double> logs;
  long double largest = -1e300L, sum = 0;
  for (std::size_t k = 0; k < c.size(); ++k) {
    const long double variance = static_cast<long double>(c.variances[k]) + t;
    long double squares = 0;
    for (std::size_t a = 0; a < c.dimension; ++a) {
      squares += std::pow(z[a] - c.means[k * c.dimension + a], 2);
    }
    logs.push_back(std::log(static_cast<long double>(c.weights[k])) - squares / (2 * variance) -
                   c.dimension * std::log(variance) / 2);
    largest = std::max(largest, logs.back());
  }
  for (const auto value : logs) sum += std::exp(value - largest);
  return largest + std::log(sum);
}

}  // namespace

TEST_CASE("the score of clusters is the gradient of ln p", "[reverse]") {
  std::mt19937 random{1};
  std::normal_distribution<double> normal;
  for (const Clusters& clusters : {mixture, in_space}) {
    ClusterScore score{clusters};
    for (const double t : {0.02, 0.3, 1.0, 50.0}) {
      constexpr std::size_t count = 37;
      std::vector<double> z(clusters.dimension * count), found(z.size());
      for (double& value : z) value = 3 * normal(random);
      score(t, z, found);
      for (std::size_t i = 0; i < z.size(); ++i) {
        std::vector<long double> at;
        for (std::size_t a = 0; a < clusters.dimension; ++a) at.push_back(z[a * count + i % count]);
        const std::size_t axis = i / count;
        auto up = at, down = at;
        constexpr long double h = 1e-5L;
        up[axis] += h;
        down[axis] -= h;
        const auto slope = static_cast<double>(
            (log_density(clusters, t, up) - log_density(clusters, t, down)) / (2 * h));
        CHECK(found[i] == Approx(slope).epsilon(1e-7).margin(1e-7));
      }
    }
  }
}

TEST_CASE("the score stays right for tiny and huge t", "[reverse]") {
  ClusterScore points{
      {.dimension = 2, .weights = {1, 3}, .means = {0, 0, 5, 1}, .variances = {0, 0}}};
  std::vector<double> z{4.0, 1.0}, score(2);
  points(1e-300, z, score);  // the nearest point wins, however far
  CHECK(score[0] == Approx(1e300));
  CHECK(score[1] == 0);
  points(1e12, z, score);  // the mean of the population, (3.75, 0.75)
  CHECK(score[0] == Approx(-0.25e-12).epsilon(1e-9));
  CHECK(score[1] == Approx(-0.25e-12).epsilon(1e-9));
  ClusterScore one{{.dimension = 1, .weights = {1}, .means = {1}, .variances = {0}}};
  std::vector<double> near{1 + 1e-9}, s(1);
  one(1e-6, near, s);  // no cancellation near a point
  CHECK(s[0] == (1 - near[0]) / 1e-6);
}

TEST_CASE("each set of instructions gives the same bits", "[reverse]") {
  const std::vector<double> means{-1, 0.2, 1.3}, logs{-1, -0.2, -3}, precisions{3, 2, 9};
  std::vector<double> z(101), first, scratch(6 * z.size());
  for (std::size_t i = 0; i < z.size(); ++i) z[i] = 0.37 * (static_cast<double>(i) - 50);
  for (const auto& kernel : score_kernels()) {
    std::vector<double> score(z.size());
    kernel.evaluate({1, 3, z.size(), z.size(), means.data(), logs.data(), precisions.data(),
                     z.data(), score.data(), scratch.data()});
    if (first.empty()) first = score;
    CHECK(score == first);
  }
}

TEST_CASE("time grids end where they should, coarse ones are parts of fine ones", "[reverse]") {
  CHECK(uniform_times(10, 0.1, 3).front() == 10);
  CHECK(uniform_times(10, 0.1, 3).back() == 0.1);
  const auto coarse = log_times(100, 0.01, 8), fine = refined_times(coarse, 4);
  REQUIRE(fine.size() == 33);
  for (std::size_t i = 0; i < coarse.size(); ++i) CHECK(fine[4 * i] == coarse[i]);
  CHECK(fine[1] / fine[0] == Approx(std::pow(1e-4, 1.0 / 32)));
}

TEST_CASE("Euler-Maruyama on a Gaussian follows the reference's recursion", "[reverse]") {
  constexpr std::size_t count = 1 << 15;
  const Json all = reference("reverse.json");
  for (const auto& [key, entry] : all.get_child("gaussian_euler_loguniform_exact_start")) {
    const int steps = entry.get<int>("N");
    if (steps > 40) continue;
    const auto lambda = entry.get<double>("lambda"), s2 = entry.get<double>("s2");
    const auto T = entry.get<double>("T"), t0 = entry.get<double>("t0");
    const bool printed = entry.get<std::string>("form") == "printed";
    const ReverseMotion motion = printed ? printed_motion(lambda) : reverse_motion(lambda);
    const auto times = log_times(T, t0, steps);
    const auto exact = entry.get<double>("V");
    const auto scheme = ReverseScheme::euler_maruyama;
    CHECK(stepped_normal({0, s2}, {0, s2 + T}, times, 1, motion, scheme).variance ==
          Approx(exact).epsilon(1e-12));
    CHECK(relative_entropy({0, exact}, {0, s2 + t0}) ==
          Approx(entry.get<double>("KL")).epsilon(1e-9).margin(1e-12));
    ReverseParticles particles{{.weights = {1}, .means = {0}, .variances = {s2}}, 7};
    auto z = particles.start_exact(T, 0, count);
    particles.carry(z, 0, times, 1, motion, scheme);
    double squares = 0;
    for (const double value : z) squares += value * value;
    // 4 standard errors of a variance.
    CHECK(squares / count == Approx(exact).epsilon(4 * std::sqrt(2.0 / count)));
  }
}

TEST_CASE("a mixture's second moments are those of its equations", "[reverse]") {
  const Json all = reference("reverse_pde_mixture.json");
  for (const auto& [key, run] : all.get_child("runs")) {
    const auto lambda = run.get<double>("lambda");
    const bool printed = run.get<std::string>("form") == "printed";
    ReverseParticles particles{mixture, 11};
    const LadderPlan plan{.times = log_times(10, 0.1, 32),
                          .levels = 3,
                          .scheme = ReverseScheme::heun,
                          .exact_start = run.get<std::string>("start") == "exact",
                          .particles = 20000};
    const NamedMotion one{.motion = printed ? printed_motion(lambda) : reverse_motion(lambda)};
    const auto result = run_ladder(
        PETSC_COMM_WORLD, particles, {one}, plan,
        [](std::size_t, const std::vector<double>&, std::size_t) {}, [](double) {})[0];
    // The particles' moment is about the population's mean.
    const double exact = run.get<double>("var") + std::pow(run.get<double>("mean") - 0.115, 2);
    const Estimate found = result.extrapolated(2);
    CHECK(std::abs(found.value - exact) < 4 * found.error + result.remainder(2));
    CHECK(4 * found.error + result.remainder(2) < 0.1 * exact);
  }
}

TEST_CASE("without noise Heun has order 2 and Euler order 1", "[reverse]") {
  // The flow of N(0, s2) is z(t) = z(T) sqrt((s2 + t)/(s2 + T)).
  for (const auto scheme : {ReverseScheme::euler_maruyama, ReverseScheme::heun}) {
    std::vector<double> steps, errors;
    for (const std::size_t stride : {4U, 2U, 1U}) {
      ReverseParticles particles{{.weights = {1}, .means = {0}, .variances = {0.5}}, 1};
      std::vector<double> z{3.0};
      particles.carry(z, 0, log_times(10, 0.1, 512), stride, reverse_motion(0), scheme);
      steps.push_back(static_cast<double>(stride));
      errors.push_back(std::abs(z[0] - 3 * std::sqrt(0.6 / 10.5)));
    }
    CHECK(slope(steps, errors) == Approx(order(scheme)).margin(0.05));
  }
}

TEST_CASE("coarse and fine steps take the same Brownian path", "[reverse]") {
  // As t_0 and T go far from a narrow population, s_t is nearly 0: what is left is the path.
  Clusters far{.weights = {1}, .means = {0}, .variances = {1e12}};
  ReverseParticles particles{far, 3};
  std::vector<double> coarse(64), fine(64);
  const auto times = uniform_times(2, 1, 8);
  particles.carry(coarse, 64, times, 8, reverse_motion(1), ReverseScheme::euler_maruyama);
  particles.carry(fine, 64, times, 1, reverse_motion(1), ReverseScheme::heun);
  CHECK(largest_difference(coarse, fine) < 1e-10);
}

TEST_CASE("the score does not depend on how many particles there are", "[reverse]") {
  ClusterScore score{in_space};
  std::vector<double> z(3 * 700), all(z.size()), one(3);
  for (std::size_t i = 0; i < z.size(); ++i) z[i] = 0.01 * static_cast<double>(i % 701) - 3;
  score(0.7, z, all);
  for (const std::size_t p : {0U, 255U, 256U, 699U}) {
    score(0.7, std::vector<double>{z[p], z[700 + p], z[1400 + p]}, one);
    CHECK(one == std::vector<double>{all[p], all[700 + p], all[1400 + p]});
  }
}

TEST_CASE("sums over blocks have the same bits on any number of ranks", "[reverse]") {
  constexpr int blocks = 11;
  constexpr std::size_t count = 64;
  const int ranks = size_of(PETSC_COMM_WORLD), rank = rank_of(PETSC_COMM_WORLD);
  const auto add = [&](BlockSums& sums, int b) {
    ReverseParticles particles{in_space, 5};
    const auto first = static_cast<std::uint64_t>(b) * count;
    auto z = particles.start_exact(10, first, count);
    particles.carry(z, first, log_times(10, 0.1, 20), 1, reverse_motion(0.5), ReverseScheme::heun);
    for (const double value : z) sums.of(b)[0] += value;
  };
  BlockSums shared{blocks, 1}, alone{blocks, 1};
  for (int b = 0; b < blocks; ++b) {
    if (b % ranks == rank) add(shared, b);
    add(alone, b);
  }
  CHECK(shared.total(PETSC_COMM_WORLD) == alone.total(PETSC_COMM_SELF));
}

}  // namespace feller::test
