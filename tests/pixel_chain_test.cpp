/// The chain on pixels, ensembles of it, permutations and the cosine transform.

#include "solvers/pixel_chain.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <set>

#include "solvers/cosine_transform.hpp"
#include "solvers/ensemble.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

Grid pixels(int width, int height) {
  return Grid{{{.cells = width, .lower = 0, .upper = double(width)},
               {.cells = height, .lower = 0, .upper = double(height)}}};
}

std::vector<ChainMove> some_steps() {
  return {chain_step(0.02, 1), chain_step(0.5, 2), chain_jump(std::log(0.3), 7)};
}

/// One pixel after the other, by the definition.
std::vector<double> by_hand(std::vector<double> u, NoiseKey key,
                            const std::vector<ChainMove>& moves) {
  for (const auto& move : moves) {
    key.step = move.step;
    for (std::size_t i = 0; i < u.size(); ++i) {
      u[i] = move.keep * u[i] + move.spread * standard_normal(key, i);
    }
  }
  return u;
}

}  // namespace

TEST_CASE("pixel chain: steps and jumps have the coefficients of (4) and (5)", "[pixel_chain]") {
  const ChainMove step = chain_step(0.02, 3), jump = chain_jump(std::log(0.98), 3);
  CHECK(step.keep == std::sqrt(0.98));
  CHECK(step.spread == std::sqrt(0.02));
  CHECK(step.step == 3);
  CHECK(jump.keep == Approx(step.keep).epsilon(1e-15));
  CHECK(jump.spread == Approx(step.spread).epsilon(1e-14));
  // Tiny noise without cancellation.
  CHECK(chain_jump(-1e-20, 1).spread == Approx(1e-10).epsilon(1e-14));
}

TEST_CASE("pixel chain: the same to the last bit, however the pixels are shared out",
          "[pixel_chain]") {
  const NoiseKey key{.seed = 3, .stream = 8, .channel = 1};
  for (const auto& [width, height] : {std::pair{67, 53}, {2500, 3}, {5, 700}}) {
    const Grid grid = pixels(width, height);
    const Field start = white_noise(grid, {.seed = 9});
    const auto expected = by_hand(everywhere(start), key, some_steps());
    Field together{start}, apart{start}, given{start};
    advance(together, key, some_steps());
    for (const auto& move : some_steps()) {
      advance(apart, key, move);
      NoiseKey of_step = key;
      of_step.step = move.step;
      advance(given, move, white_noise(grid, of_step));
    }
    CHECK(everywhere(together) == expected);
    CHECK(everywhere(apart) == expected);
    CHECK(everywhere(given) == expected);
  }
}

TEST_CASE("pixel chain: an ensemble has mean and squares of its members", "[pixel_chain]") {
  const Grid grid = pixels(67, 41);
  const Field start = white_noise(grid, {.seed = 1});
  const auto steps = some_steps();
  const EnsemblePlan plan{.key = {.seed = 5, .stream = 10, .channel = 2},
                          .members = 40,
                          .legs = {{steps[0]}, {steps[1], steps[2]}}};
  const auto samples = run_ensemble(start, plan);
  REQUIRE(samples.size() == 2);
  const auto begin = everywhere(start);
  for (std::size_t look = 0; look < 2; ++look) {
    std::vector<long double> sum(begin.size()), squares(begin.size());
    std::vector<std::vector<double>> members;
    for (int m = 0; m < plan.members; ++m) {
      NoiseKey key = plan.key;
      key.stream += static_cast<std::uint32_t>(m);
      members.push_back(by_hand(begin, key, look == 0 ? std::vector<ChainMove>{steps[0]} : steps));
      for (std::size_t i = 0; i < begin.size(); ++i) sum[i] += members.back()[i];
    }
    for (const auto& member : members) {
      for (std::size_t i = 0; i < begin.size(); ++i) {
        const long double away = member[i] - sum[i] / plan.members;
        squares[i] += away * away;
      }
    }
    const auto mean = everywhere(samples[look].mean), found = everywhere(samples[look].squares);
    double worst_mean = 0, worst_squares = 0;
    for (std::size_t i = 0; i < begin.size(); ++i) {
      const auto exact = static_cast<double>(sum[i] / plan.members);
      worst_mean = std::max(worst_mean, std::abs(mean[i] - exact));
      worst_squares =
          std::max(worst_squares, std::abs(found[i] / static_cast<double>(squares[i]) - 1));
    }
    CHECK(worst_mean <= 1e-14);
    CHECK(worst_squares <= 1e-13);
  }
}

TEST_CASE("pixel chain: Welford's squares survive a large mean", "[pixel_chain]") {
  const Grid grid = pixels(20, 5);
  const EnsemblePlan plan{.key = {.seed = 5}, .members = 50, .legs = {{{1, 1e-3, 1}}}};
  const auto near = run_ensemble(Field{grid, 0}, plan), far = run_ensemble(Field{grid, 1e6}, plan);
  // The values themselves are rounded to 1e-10, of a deviation of 1e-3.
  const auto a = everywhere(near[0].squares), b = everywhere(far[0].squares);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(b[i] == Approx(a[i]).epsilon(1e-6));
}

TEST_CASE("permutation: random ones take every cell once", "[pixel_chain]") {
  for (const PetscInt count : {1, 2, 3, 7, 64, 65, 1000, 67 * 53}) {
    const auto source = random_permutation(count, 12);
    std::set<PetscInt> seen;
    PetscInt at_home = 0;
    for (PetscInt k = 0; k < count; ++k) {
      const PetscInt from = source(k);
      CHECK((from >= 0 && from < count));
      seen.insert(from);
      if (from == k) ++at_home;
    }
    CHECK(static_cast<PetscInt>(seen.size()) == count);
    if (count >= 64) CHECK(at_home <= 8);  // Poisson(1): more with probability 1e-6
  }
  CHECK(random_permutation(1000, 1)(5) != random_permutation(1000, 2)(5));
}

TEST_CASE("permutation: fields of any shape, to other grids too", "[pixel_chain]") {
  const Grid flat = pixels(67, 53), turned = pixels(53, 67);
  const Grid space{{{7, 0, 1}, {6, 0, 1}, {9, 0, 1}}}, line{{{100, 0, 1}}};
  const auto quarter = [](PetscInt k) { return k / 53 + 67 * (52 - k % 53); };
  const auto moved = [](const Grid& from, const Grid& to, const Permutation::Source& source) {
    const Field field = white_noise(from, {.seed = 4});
    const auto values = everywhere(field);
    const Permutation permutation{from, to, source};
    const auto found = everywhere(permutation(field));
    bool same = true;
    for (std::size_t k = 0; k < found.size(); ++k) {
      same = same && found[k] == values[static_cast<std::size_t>(source(static_cast<PetscInt>(k)))];
    }
    return same;
  };
  CHECK(moved(flat, flat, random_permutation(flat.cells(), 5)));
  CHECK(moved(flat, turned, quarter));
  CHECK(moved(space, space, random_permutation(space.cells(), 6)));
  CHECK(moved(line, line, [](PetscInt k) { return (k + 17) % 100; }));
  CHECK(moved(space, line, [](PetscInt k) { return 3 * k; }));
}

TEST_CASE("cosine transform: orthogonal, and the sum that defines it", "[pixel_chain]") {
  const Grid grid = pixels(13, 8);
  const CosineTransform transform{grid};
  const Field u = white_noise(grid, {.seed = 2});
  const auto values = everywhere(u), found = everywhere(transform(u));
  for (int q = 0; q < 8; ++q) {
    for (int p = 0; p < 13; ++p) {
      double sum = 0;
      for (int y = 0; y < 8; ++y) {
        for (int x = 0; x < 13; ++x) {
          sum += values[static_cast<std::size_t>(x + 13 * y)] *
                 std::cos(std::numbers::pi * p * (x + 0.5) / 13) *
                 std::cos(std::numbers::pi * q * (y + 0.5) / 8);
        }
      }
      sum *= std::sqrt((p == 0 ? 1.0 : 2.0) / 13) * std::sqrt((q == 0 ? 1.0 : 2.0) / 8);
      CHECK(std::abs(found[static_cast<std::size_t>(p + 13 * q)] - sum) <= 1e-13);
    }
  }
  double before = 0, after = 0;
  check(VecNorm(u.vector(), NORM_2, &before));
  check(VecNorm(transform(u).vector(), NORM_2, &after));
  CHECK(after == Approx(before).epsilon(1e-14));
}
