/// Populations: histograms from files, deviations by axis, points in any dimension under any noise.

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <numbers>

#include "problems/processes/process.hpp"
#include "studies/score/principal_axes.hpp"
#include "studies/score/space_population.hpp"
#include "tests/scratch.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

std::unique_ptr<Mixture> population_of(const std::string& keys, const std::string& grid) {
  const BuiltProblem problem{"[problem]\nkind = brownian\n" + keys + "[grid]\n" + grid};
  return problem->process()->population();
}

const std::string line = "cells = 40\nlower = -5\nupper = 5\n";
const std::string plane = "cells = 12, 12\nlower = -5, -5\nupper = 5, 5\n";

/// A file that rank 0 writes for all.
void write(const std::filesystem::path& file, const std::string& text) {
  if (rank_of(PETSC_COMM_WORLD) == 0) std::ofstream{file} << text;
  check_mpi(MPI_Barrier(PETSC_COMM_WORLD));
}

/// Three points of the plane, as clusters and as a mixture.
Clusters some_points() {
  return {.dimension = 2,
          .weights = {0.2, 0.5, 0.3},
          .means = {0, 0, 1, -1, 2, 3},
          .variances = {0, 0, 0}};
}

Mixture as_mixture(const Clusters& points) {
  std::vector<Component> components;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const double x = points.means[2 * k], y = points.means[2 * k + 1];
    components.push_back(
        {.weight = points.weights[k], .along = {Spread{x, x, 0}, Spread{y, y, 0}}});
  }
  return {2, components};
}

/// E[y|t,z] of one z by the score.
std::vector<double> denoised(ClusterScore& score, double t, const std::vector<double>& z) {
  std::vector<double> s(z.size());
  score(t, z, s);
  for (std::size_t a = 0; a < z.size(); ++a) s[a] = z[a] + t * s[a];
  return s;
}

}  // namespace

TEST_CASE("a histogram from a file is a mixture of its bins that are not empty", "[population]") {
  const Scratch scratch;
  const auto file = scratch / "levels.csv";
  write(file, "lower,upper,count\n-1,0,1\n0,0.5,0\n0.5,1.5,3\n");
  const auto law =
      population_of("population = histogram\nhistogram = " + file.string() + "\n", line);
  REQUIRE(law->components().size() == 2);
  CHECK(law->components()[1].weight == Approx(0.75));
  CHECK(law->density({-0.5, 0, 0}) == Approx(0.25));
  CHECK(law->density({0.25, 0, 0}) == 0);
  CHECK(law->moments().mean[0] == Approx(0.75 - 0.125));
  // -sum w ln(w/|B|).
  CHECK(*law->entropy() == Approx(-0.25 * std::log(0.25) - 0.75 * std::log(0.75)).epsilon(1e-12));
}

TEST_CASE("a histogram in the plane is a mixture of boxes", "[population]") {
  const Scratch scratch;
  const auto file = scratch / "plane.csv";
  write(file, "x,y,count\n0,0,1\n1,0,0\n0,2,2\n1,2,5\n");
  const auto law =
      population_of("population = histogram\nhistogram = " + file.string() + "\n", plane);
  REQUIRE(law->components().size() == 3);
  CHECK(law->density({1, 2, 0}) == Approx(5.0 / 8 / 2));
  CHECK(law->density({1, 0, 0}) == 0);
  const NoisyMixture noisy{*law};
  // Blurred, it has a smooth score: that of differences.
  const Mixture seen = noisy.law(0.3);
  CHECK(std::abs(seen.score(1, {0.4, 1.2, 0}) - seen.Law::score(1, {0.4, 1.2, 0})) < 1e-8);
}

TEST_CASE("deviations of a mixture may differ by axis", "[population]") {
  const auto law = population_of("means = (0, 0), (1, 1)\nsds = 0.5, (0.2, 0.3)\n", plane);
  CHECK(law->components()[0].along[0].sd == 0.5);
  CHECK(law->components()[0].along[1].sd == 0.5);
  CHECK(law->components()[1].along[0].sd == 0.2);
  CHECK(law->components()[1].along[1].sd == 0.3);
}

TEST_CASE("blurred boxes are finite however far away", "[population]") {
  for (const double width : {1e-9, 1e-3, 1.0, 100.0}) {
    const Spread box{1 - width, 1, 0.1};
    for (const double x : {1.49, 1.51, 3.0, 50.0, 1e4}) {
      CAPTURE(width, x);
      CHECK(std::isfinite(box.log_density(x)));
      // Between the slopes of normal laws at both ends of the box.
      CHECK(box.log_slope(x) <= (1 - x) / 0.01 * (1 - 1e-6));
      CHECK(box.log_slope(x) >= (1 - width - x) / 0.01 * (1 + 1e-6));
      const Spread mirrored{-1, width - 1, 0.1};
      CHECK(mirrored.log_slope(-x) == Approx(-box.log_slope(x)));
      if (box.density(x) > 1e-300) {
        CHECK(box.log_density(x) == Approx(std::log(box.density(x))).epsilon(1e-13));
      }
    }
  }
}

TEST_CASE("the softmax-weighted mean is right for any noise and any place", "[population]") {
  const Clusters points = some_points();
  ClusterScore score{points};
  const std::vector<double> mean = points.mean();
  for (const double t : {1e-12, 1e-6, 1e-3, 1.0, 1e3, 1e6, 1e12}) {
    for (const double far : {0.0, 1.0, 1e3, 1e8}) {
      const std::vector<double> z{2 + far, 3 - far / 2};
      CAPTURE(t, far);
      std::vector<double> s(2);
      score(t, z, s);
      CHECK(std::isfinite(s[0]));
      CHECK(std::isfinite(s[1]));
      // Weights of the sum 1: E[y|t,z] = z + t s lies within the hull of the points.
      const auto y = denoised(score, t, z);
      const double round_off = 1e-14 * (1 + far);
      CHECK(y[0] >= 0 - round_off);
      CHECK(y[0] <= 2 + round_off);
      CHECK(y[1] >= -1 - round_off);
      CHECK(y[1] <= 3 + round_off);
    }
    // Near a point with little noise it is that point, far in noise the mean.
    const auto near = denoised(score, t, {2.1, 2.9});
    if (t <= 1e-3) CHECK(near[0] == Approx(2).epsilon(1e-12));
    if (t >= 1e6) CHECK(std::abs(near[0] - mean[0]) <= 20 / t + 1e-15 * t / 1e3);
  }
}

TEST_CASE("ratios of densities keep to their limits for any noise", "[population]") {
  const NoisyPoints points{some_points()};
  const NoisyMixture mixture{as_mixture(some_points())};
  const std::vector<double> y{1, -1};
  for (const double t : {1e-12, 1e-6, 1e-2, 1.0, 1e2, 1e6, 1e12}) {
    const std::vector<double> z{1 + 0.7 * std::sqrt(t), -1 - 1.1 * std::sqrt(t)};
    CAPTURE(t);
    const double ratio = points.log_ratio(t, y, z);
    CHECK(std::isfinite(ratio));
    if (t <= 1e-2) CHECK(ratio == Approx(std::log(0.5)).epsilon(1e-12));
    if (t >= 1e6) CHECK(std::abs(ratio) <= 10 / std::sqrt(t));
    CHECK(mixture.log_ratio(t, y, z) == Approx(ratio).margin(1e-10));
  }
}

TEST_CASE("draws and scores of clusters are those of the same mixture", "[population]") {
  NoisyPoints points{some_points()};
  NoisyMixture mixture{as_mixture(some_points())};
  CHECK(points.total_variance() == Approx(mixture.total_variance()));
  CHECK(points.fourth_moment() == Approx(mixture.fourth_moment()));
  std::vector<double> y(2 * 64), s(y.size()), other(y.size());
  points.draw({.seed = 5}, 64, y);
  mixture.draw({.seed = 5}, 64, other);
  CHECK(y == other);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += 0.01 * static_cast<double>(i);
  points.score(0.3, y, s);
  mixture.score(0.3, y, other);
  CHECK(largest_difference(s, other) < 1e-12);
}

TEST_CASE("principal axes keep distances and order variances", "[population]") {
  // Five points that span three of six dimensions, and one beyond.
  Clusters points{.dimension = 6, .weights = {1, 2, 3, 1, 1}, .means = {}, .variances = {}};
  points.variances.assign(5, 0);
  for (int k = 0; k < 5; ++k) {
    const double a = std::sin(k), b = k * 0.1, c = std::cos(3.0 * k);
    for (const double x : {a, b, a + b, c, c - 2 * b, 1.0}) points.means.push_back(x);
  }
  const std::vector<double> outside{1, 0, 0, 2, 0, 5};
  const auto found = in_principal_axes(points, {outside});
  REQUIRE(found.points.dimension == 4);
  const auto square = [](const double* p, const double* q, std::size_t n) {
    double sum = 0;
    for (std::size_t a = 0; a < n; ++a) sum += (p[a] - q[a]) * (p[a] - q[a]);
    return sum;
  };
  for (std::size_t k = 0; k < 5; ++k) {
    const double* here = found.points.means.data() + 4 * k;
    const double* there = points.means.data() + 6 * k;
    CHECK(square(here, found.others[0].data(), 4) ==
          Approx(square(there, outside.data(), 6)).epsilon(1e-13));
    for (std::size_t j = 0; j < k; ++j) {
      CHECK(square(here, found.points.means.data() + 4 * j, 4) ==
            Approx(square(there, points.means.data() + 6 * j, 6)).epsilon(1e-12));
    }
  }
  const NoisyPoints noisy{found.points};
  CHECK(noisy.total_variance() == Approx(6 * points.variance()));
  for (std::size_t a = 0; a + 2 < 4; ++a) CHECK(noisy.variances()[a] >= noisy.variances()[a + 1]);
  CHECK(noisy.variances()[3] < 1e-24);
  for (std::size_t a = 0; a < 4; ++a) CHECK(std::abs(noisy.mean()[a]) < 1e-13);
}

TEST_CASE("eigenvalues of a symmetric matrix by rotations", "[population]") {
  const auto found = symmetric_eigensystem({2, 1, 0, 1, 2, 0, 0, 0, 5}, 3);
  CHECK(found.values[0] == Approx(5));
  CHECK(found.values[1] == Approx(3));
  CHECK(found.values[2] == Approx(1));
  CHECK(std::abs(found.vectors[3]) == Approx(std::numbers::sqrt2 / 2));
}

TEST_CASE("fourth moments in space are in closed form", "[population]") {
  // A normal law: 2 sum v^2 + (sum v)^2.
  const Component normal{.along = {Spread{1, 1, 2}, Spread{0, 0, 0.5}, Spread{-1, -1, 1}}};
  CHECK(NoisyMixture{Mixture{3, {normal}}}.fourth_moment() ==
        Approx(2 * (16 + 0.0625 + 1) + 5.25 * 5.25));
  // (+-2 + G, H): E x^4 = 3 + 6 4 + 16, E y^4 = 3, 2 E x^2 y^2 = 2 (4 + 1).
  std::vector<Component> pair;
  for (const double x : {-2.0, 2.0}) {
    pair.push_back({.weight = 0.5, .along = {Spread{x, x, 1}, Spread{5, 5, 1}}});
  }
  CHECK(NoisyMixture{Mixture{2, pair}}.fourth_moment() == Approx(43 + 3 + 10));
  // A box of the sides 1 and 2: L^4/80 each, and twice the product of the variances.
  const Component box{.along = {Spread{0, 1, 0}, Spread{-1, 1, 0}}};
  CHECK(NoisyMixture{Mixture{2, {box}}}.fourth_moment() ==
        Approx(1.0 / 80 + 16.0 / 80 + 2 * (1.0 / 12) * (4.0 / 12)));
  // A box under noise of its own: L^4/80 + 6 L^2/12 s^2 + 3 s^4.
  const Component blurred{.along = {Spread{0, 1, 0.5}}};
  CHECK(NoisyMixture{Mixture{1, {blurred}}}.fourth_moment() ==
        Approx(1.0 / 80 + 6.0 / 12 * 0.25 + 3 * 0.0625));
  const NoisyPoints points{
      {.dimension = 2, .weights = {1, 1}, .means = {4, 4, -2, -4}, .variances = {0, 0}}};
  CHECK(points.fourth_moment() == Approx(625));
}

}  // namespace feller::test
