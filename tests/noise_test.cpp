/// Noise: the cipher against known answers, the same bits whatever way they are asked for, the
/// normal law and independence.

#include "discretisation/noise.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "discretisation/noise_kernel.hpp"

using namespace feller;

namespace {

std::vector<double> drawn(const NoiseKey& key, std::size_t count, std::uint64_t first = 0) {
  std::vector<double> values(count);
  standard_normals(key, first, values);
  return values;
}

/// Mean of the products of powers, less what it is for independent normal numbers.
double correlation(const std::vector<double>& a, const std::vector<double>& b, bool squares,
                   std::size_t lag = 0) {
  long double sum = 0;
  const std::size_t n = a.size() - lag;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = a[i], y = b[i + lag];
    sum += squares ? (x * x - 1) * (y * y - 1) / 2 : x * y;
  }
  return static_cast<double>(sum) / std::sqrt(static_cast<double>(n));
}

double ulps(double found, long double exact) {
  const double near = static_cast<double>(exact);
  const double ulp = std::nextafter(std::abs(near), HUGE_VAL) - std::abs(near);
  return std::abs(static_cast<double>((found - exact) / static_cast<long double>(ulp)));
}

}  // namespace

TEST_CASE("noise: Philox 4x32-10 gives the known answers, and Random123's", "[noise]") {
  using Words = std::array<std::uint32_t, 4>;
  CHECK(philox_4x32_10({0, 0, 0, 0}, {0, 0}) ==
        Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox_4x32_10({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(
      philox_4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
      Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
  std::independent_bits_engine<std::mt19937_64, 32, std::uint32_t> random{std::mt19937_64{7}};
  for (int i = 0; i < 1000; ++i) {
    const Words c{random(), random(), random(), random()};
    const std::array<std::uint32_t, 2> k{random(), random()};
    const auto theirs = r123::Philox4x32{}({{c[0], c[1], c[2], c[3]}}, {{k[0], k[1]}});
    REQUIRE(philox_4x32_10(c, k) == Words{theirs[0], theirs[1], theirs[2], theirs[3]});
  }
}

TEST_CASE("noise: many at once have the bits of one, by every set of instructions", "[noise]") {
  const NoiseKey key{.seed = 0x123456789abcdef0, .stream = 77, .step = 3, .channel = 2};
  std::vector<double> one;
  for (std::uint64_t cell = 0; cell < 1500; ++cell) one.push_back(standard_normal(key, cell));
  REQUIRE(noise_kernels().back().instructions == "portable");
  for (const auto& kernel : noise_kernels()) {
    INFO(kernel.instructions);
    for (const std::size_t first : {0, 1, 7, 31, 32, 33, 64, 95, 300}) {
      for (const std::size_t count : {0, 1, 2, 31, 32, 33, 255, 256, 257, 1000}) {
        // What lies around must not be touched.
        std::vector<double> values(count + 2, -99);
        kernel.fill(key, first, std::span{values}.subspan(1, count));
        bool same = values.front() == -99 && values.back() == -99;
        for (std::size_t i = 0; i < count; ++i) same = same && values[i + 1] == one[first + i];
        CHECK(same);
      }
    }
    const std::uint64_t far = (std::uint64_t{1} << 45) + 5;
    std::vector<double> values(40);
    kernel.fill(key, far, values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      CHECK(values[i] == standard_normal(key, far + i));
    }
  }
}

TEST_CASE("noise: logarithm, sine and cosine are right to two units in the last place", "[noise]") {
  std::mt19937_64 random{3};
  double worst_log = 0, worst_sine = 0, worst_cosine = 0;
  for (int i = 0; i < 200000; ++i) {
    const auto bits = random();
    // Of both ends of (0, 1) as many as of its middle.
    const double small = std::ldexp(static_cast<double>(bits >> 12) + 0.5, -52 - i % 41);
    for (const double u : {small, 1 - small}) {
      if (!(u > 0 && u < 1)) continue;
      const auto exact = std::log(static_cast<long double>(u));
      worst_log = std::max(worst_log, ulps(noise_kernel::logarithm(u), exact));
    }
    const double x = (static_cast<double>(bits >> 11) * 0x1p-53 - 0.5) * 1.5707963267948966;
    worst_sine = std::max(worst_sine, ulps(noise_kernel::sine(x), std::sin(1.0L * x)));
    worst_cosine = std::max(worst_cosine, ulps(noise_kernel::cosine(x), std::cos(1.0L * x)));
  }
  CAPTURE(worst_log, worst_sine, worst_cosine);
  CHECK(worst_log <= 2);
  CHECK(worst_sine <= 2);
  CHECK(worst_cosine <= 2);
}

TEST_CASE("noise: moments and tails are those of the normal law", "[noise]") {
  const auto values = drawn({.seed = 2023}, 4'000'000);
  const auto n = static_cast<double>(values.size());
  // E x^2k = (2k-1)!!; the variance of x^k is E x^2k - (E x^k)^2.
  const std::array<double, 13> moment{1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10395};
  for (std::size_t k = 1; k <= 6; ++k) {
    long double sum = 0;
    for (const double x : values) sum += std::pow(x, static_cast<int>(k));
    const double error = std::sqrt((moment[2 * k] - moment[k] * moment[k]) / n);
    INFO("moment " << k);
    CHECK(std::abs(static_cast<double>(sum) / n - moment[k]) <= 4 * error);
  }
  for (const double x : {0.1, 0.5, 1.0, 2.0, 3.0, 4.0}) {
    for (const double side : {-1.0, 1.0}) {
      const double p = std::erfc(x / std::sqrt(2.0)) / 2;
      const auto beyond = std::ranges::count_if(values, [&](double g) { return side * g > x; });
      INFO("beyond " << side * x);
      CHECK(std::abs(static_cast<double>(beyond) - n * p) <= 4 * std::sqrt(n * p * (1 - p)));
    }
  }
  double most = 0;
  for (const double x : values) most = std::max(most, std::abs(x));
  CHECK(most > 4.5);  // fewer than one of 1e5 draws of this length stay below
  CHECK(most < 7.54);
}

TEST_CASE("noise: independent for other cells, steps, streams, channels and seeds", "[noise]") {
  const NoiseKey key{.seed = 11, .stream = 5, .step = 9, .channel = 1};
  const std::size_t n = 300'000;
  const auto base = drawn(key, n);
  for (const bool squares : {false, true}) {
    // The lags within a block, a pair, a chunk and beyond.
    for (const std::size_t lag : {1, 2, 4, 8, 16, 24, 31, 32, 33, 256, 451}) {
      INFO("lag " << lag);
      CHECK(std::abs(correlation(base, base, squares, lag)) <= 4);
    }
    auto other = [&](auto&& change) {
      NoiseKey changed = key;
      change(changed);
      return std::abs(correlation(base, drawn(changed, n), squares));
    };
    CHECK(other([](NoiseKey& k) { k.seed += 1; }) <= 4);
    CHECK(other([](NoiseKey& k) { k.seed += std::uint64_t{1} << 32; }) <= 4);
    CHECK(other([](NoiseKey& k) { k.stream += 1; }) <= 4);
    CHECK(other([](NoiseKey& k) { k.step += 1; }) <= 4);
    CHECK(other([](NoiseKey& k) { k.channel += 1; }) <= 4);
    CHECK(other([](NoiseKey& k) { std::swap(k.stream, k.step); }) <= 4);
    // Control: the same key is seen as the same.
    CHECK(other([](NoiseKey&) {}) > 100);
  }
}

TEST_CASE("noise: the angle's steps near 0 show below 1e-6, not at 1e-5", "[noise]") {
  const auto values = drawn({.seed = 11}, std::size_t{1} << 24);
  const auto below = [&](double size) {
    return static_cast<double>(
        std::ranges::count_if(values, [size](double value) { return std::abs(value) < size; }));
  };
  const double density = 2 / std::sqrt(2 * std::numbers::pi) * static_cast<double>(values.size());
  for (const double size : {1e-5, 1e-4, 1e-3}) {
    const double expected = density * size;
    CHECK(std::abs(below(size) - expected) < 4 * std::sqrt(expected));
  }
}
