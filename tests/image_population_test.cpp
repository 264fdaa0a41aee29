/// Sets of pictures as populations: weights given some pixels, how often pictures come out, and the
/// judgements of the study reverse_images, on what is right and on faults.

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "studies/score/image_checks.hpp"
#include "studies/score/image_population.hpp"
#include "studies/score/reverse_law.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

/// Four pictures of 4 x 4 pixels: two left halves that differ by 0.4 in one pixel, two that are
/// far.
Clusters four_pictures() {
  Clusters all{.dimension = 16, .weights = {1, 2, 4, 3}, .means = {}, .variances = {0, 0, 0, 0}};
  for (int k = 0; k < 4; ++k) {
    for (int i = 0; i < 16; ++i) {
      const bool left = i % 4 < 2;
      const int pattern = left ? (k < 2 ? i : 3 * i + 1) : (k % 2 == 0 ? i + i / 4 : i / 4 + 1);
      all.means.push_back(pattern % 2 == 0 ? 3 : -3);
    }
  }
  all.means[16 + 4] -= 0.4;
  return all;
}

struct Setting {
  Clusters all = four_pictures();
  KnownPixels known = known_left_half(all, 0, 4, 0.3, 8);
  ImagePlan plan{.from = 300, .to = 1e-3, .lambda = 1, .steps = 160, .samples = 2000};

  ImageOutcome run(const Clusters& pictures, bool replaced, std::size_t stride,
                   const ImagePlan& other) const {
    return run_images(
        PETSC_COMM_WORLD, other,
        {.pictures = pictures, .known = known, .replaced = replaced, .stride = stride, .seed = 4},
        [](double) {});
  }
  Clusters given(const std::vector<double>& weights) const {
    Clusters some{all};
    for (std::size_t k = 0; k < all.size(); ++k) some.weights[k] = std::max(weights[k], 1e-300);
    return some;
  }
  Clusters conditional() const {
    return given(weights_given(all, known.pixels, known.values, known.sd));
  }
  ImageRuns runs(const Clusters& free, const Clusters& some) const {
    ImageRuns found{.plan = plan, .free = {}, .completed = {}, .replaced = {}};
    for (const std::size_t stride : {2U, 1U}) {
      found.free.push_back(run(free, false, stride, plan));
      found.completed.push_back(run(some, false, stride, plan));
      found.replaced.push_back(run(all, true, stride, plan));
    }
    return found;
  }
  std::map<std::string, bool> judge(const ImageRuns& found) const {
    std::map<std::string, bool> passed;
    for (const auto& check : image_checks(all, known, found).checks) {
      passed[check.name] = check.passed();
    }
    return passed;
  }
};

}  // namespace

TEST_CASE("the law given some pixels is that of the points with other weights", "[images]") {
  // Two coordinates of three are known up to noise: Bayes, by hand.
  const Clusters points{.dimension = 3,
                        .weights = {1, 2, 1},
                        .means = {0, 0, 5, 1, 0, -5, 9, 9, 9},
                        .variances = {0, 0, 0}};
  const auto weights = weights_given(points, {0, 1}, {0.25, 0}, 0.5);
  const double ratio = 2 * std::exp(-(0.75 * 0.75 - 0.25 * 0.25) / (2 * 0.25));
  CHECK(weights[1] / weights[0] == Approx(ratio).epsilon(1e-14));
  CHECK(weights[2] / weights[0] < 1e-100);
  const KnownPixels known{.pixels = {0, 1}, .values = {0.25, 0}, .sd = 0.5};
  const auto exact = exact_choice(points, known);
  CHECK(exact[1] / exact[0] == Approx(ratio).epsilon(1e-14));
  CHECK(exact[0] + exact[1] == Approx(1).epsilon(1e-14));
  CHECK(known_distance(known, points, 1) == Approx(0.75 * 0.75 / 2).epsilon(1e-14));
}

TEST_CASE("the known half is the left one, with its own noise", "[images]") {
  const Clusters all = four_pictures();
  const KnownPixels exact = known_left_half(all, 1, 4, 0, 7),
                    noisy = known_left_half(all, 1, 4, 1, 7);
  CHECK(exact.pixels == std::vector<std::size_t>{0, 1, 4, 5, 8, 9, 12, 13});
  CHECK(known_distance(exact, all, 1) == 0);
  CHECK(known_distance(noisy, all, 1) > 0.1);
  CHECK(known_distance(noisy, all, 1) < 4);
  CHECK(known_left_half(all, 1, 4, 1, 8).values != noisy.values);
}

TEST_CASE("choices are judged by chi-square, rare ones by Poisson", "[images]") {
  const ChoiceTest test = choice_test({50, 30, 20, 0}, {0.4, 0.4, 0.2, 1e-9});
  CHECK(test.square == Approx(100.0 / 40 + 100.0 / 40).epsilon(1e-8));
  CHECK(test.freedom == 2);
  CHECK(test.rare == 0);
  CHECK(choice_test({40, 40, 19, 1}, {0.4, 0.4, 0.2, 1e-9}).rare >
        choice_test({40, 40, 19, 1}, {0.4, 0.4, 0.2, 1e-9}).rare_bound());
  CHECK(choice_test({50, 50}, {1, 0}).rare > choice_test({50, 50}, {1, 0}).rare_bound());
  CHECK(choice_entropy({50, 50}, {0.5, 0.5}) == Approx(0).margin(1e-15));
  CHECK(choice_entropy({100, 0}, {0.25, 0.75}) == Approx(std::log(4)));
}

TEST_CASE("replaced pixels have the law of the known ones at that time", "[images]") {
  const KnownPixels known{.pixels = {1}, .values = {2}, .sd = 0.5};
  constexpr std::size_t count = 20000;
  std::vector<double> z(2 * count, 7), same = z;
  replace_known(known, 3, 5, 1.25, 0, count, z);
  double mean = 0, square = 0;
  for (std::size_t p = 0; p < count; ++p) {
    CHECK(z[p] == 7);
    mean += z[count + p] / count;
    square += std::pow(z[count + p] - 2, 2) / count;
  }
  CHECK(std::abs(mean - 2) < 4 / std::sqrt(count));
  CHECK(std::abs(square - 1) < 4 * std::sqrt(2.0 / count));
  // Another step, other noise; before sigma^2 none.
  auto other = same;
  replace_known(known, 3, 6, 1.25, 0, count, other);
  CHECK(other != z);
  auto early = same;
  replace_known(known, 3, 7, 0.25, 0, count, early);
  CHECK(early == same);
}

TEST_CASE("what Heun's steps leave of the noise, in closed form", "[images]") {
  for (const double lambda : {0.0, 0.5, 1.0, 3.0}) {
    const ImagePlan plan{.from = 100, .to = 0.01, .lambda = lambda, .steps = 40};
    for (const int steps : {40, 20}) {
      const auto end = stepped_normal({0, 0}, {0, 100}, log_times(100, 0.01, steps), 1,
                                      reverse_motion(lambda), ReverseScheme::heun);
      CHECK(plan.left_noise(steps) == Approx(end.variance / 0.01).epsilon(1e-11));
    }
    CHECK(plan.left_noise(40000) == Approx(1).margin(1e-5));
  }
}

TEST_CASE("right runs of pictures hold, on any number of ranks", "[images]") {
  const Setting setting;
  const auto found = setting.runs(setting.all, setting.conditional());
  const auto passed = setting.judge(found);
  for (const char* name : {"start_weights", "nearest", "chosen", "completed", "known"}) {
    CHECK(passed.contains(name));
  }
  for (const auto& [name, held] : passed) CHECK((held ? "" : name) == "");
  const auto alone =
      run_images(PETSC_COMM_SELF, setting.plan,
                 {.pictures = setting.all, .known = setting.known, .seed = 4}, [](double) {});
  CHECK(alone.counts == found.free.back().counts);
  CHECK(alone.left.value == found.free.back().left.value);
}

TEST_CASE("pictures keep the noise t_0 with other amounts of noise on the way", "[images]") {
  for (const double lambda : {0.0, 0.5, 2.0}) {
    Setting setting;
    setting.plan.lambda = lambda;
    const auto passed = setting.judge(setting.runs(setting.all, setting.conditional()));
    CHECK(passed.contains("nearest"));
    for (const auto& [name, held] : passed) CHECK((held ? "" : name) == "");
  }
}

TEST_CASE("faults in the conditional weights are seen", "[images]") {
  const Setting setting;
  const auto fails = [&](const Clusters& some) {
    return !setting.judge(setting.runs(setting.all, some)).at("completed");
  };
  const KnownPixels& known = setting.known;
  Clusters equal{setting.all};
  equal.weights.assign(4, 1);
  // Without the weights w_k; with exp(-d^2/sigma^2); with the right half for the left one.
  CHECK(fails(setting.given(weights_given(equal, known.pixels, known.values, known.sd))));
  CHECK(fails(setting.given(
      weights_given(setting.all, known.pixels, known.values, known.sd / std::sqrt(2.0)))));
  auto others = known.pixels;
  for (auto& pixel : others) pixel += 2;
  CHECK(fails(setting.given(weights_given(setting.all, others, known.values, known.sd))));
}

TEST_CASE("faults in start and motion of pictures are seen", "[images]") {
  const Setting setting;
  const auto runs = setting.runs(setting.all, setting.conditional());
  // T/2 in place of T.
  auto changed = runs;
  ImagePlan nearer = setting.plan;
  nearer.from /= 2;
  changed.free[1].spread = setting.run(setting.all, false, 1, nearer).spread;
  CHECK_FALSE(setting.judge(changed).at("start"));
  // From the first picture alone.
  Clusters first{setting.all};
  first.weights = {1, 1e-9, 1e-9, 1e-9};
  changed = runs;
  changed.free[1].shares = setting.run(first, false, 1, setting.plan).shares;
  CHECK_FALSE(setting.judge(changed).at("start_weights"));
  // Half the noise, as lambda in place of sqrt(lambda) leaves for lambda = 1/2.
  for (auto& one : changed.free) one.left.value *= 0.5;
  CHECK_FALSE(setting.judge(changed).at("nearest"));
}

}  // namespace feller::test
