/// What the studies of the chain on photographs judge by: scores of many pixels, the law, traces of
/// an image, and that each of them fails for a wrong law.

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "discretisation/relabelling.hpp"
#include "solvers/ensemble.hpp"
#include "studies/chain/chain_law.hpp"
#include "studies/chain/ensemble_law.hpp"
#include "studies/chain/permutation_checks.hpp"
#include "studies/chain/traces.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

Grid pixels(int width, int height) {
  return Grid{{{.cells = width, .lower = 0, .upper = double(width)},
               {.cells = height, .lower = 0, .upper = double(height)}}};
}

/// Steep at x = 30, smooth elsewhere.
Field picture(const Grid& grid) {
  return fill(grid, [](const Index& k) {
    return (k[0] < 30 ? -0.5 : 0.4) + 0.1 * std::sin(0.3 * k[0] + 0.2 * k[1]);
  });
}

/// Checks of an ensemble that moved by `made` while the law is that of beta = 0.02.
Checks judged(const std::vector<ChainMove>& made, double a) {
  const Grid grid = pixels(60, 50);
  const Field f = picture(grid);
  const int members = 400;
  const auto samples = run_ensemble(f, {.key = {.seed = 3}, .members = members, .legs = {made}});
  Look look{.step = 1, .noise = 1 - a, .printed = 1 - a * 0.98, .members = members};
  look.take(f, samples.front());
  Checks checks = ensemble_checks({look});
  for (const auto& control : {product_control({look}), half_control({look})}) {
    if (control) checks.push_back(*control);
  }
  return checks;
}

bool passed(const Checks& checks, const std::string& name) {
  for (const auto& check : checks) {
    if (check.name == name) return check.passed();
  }
  FAIL("no check " << name);
  return false;
}

}  // namespace

TEST_CASE("scores: quantiles are those of the laws", "[image_chain]") {
  CHECK(beyond_four() == Approx(6.334248e-5).epsilon(1e-6));
  CHECK(normal_quantile(0.025) == Approx(1.959963985).epsilon(1e-9));
  CHECK(normal_quantile(beyond_four() / 2) == Approx(4).epsilon(1e-12));
  // P(X > 1) = 1 - 2/e = 0.264, P(X > 2) = 0.080 for Poisson(1).
  CHECK(poisson_quantile(1, 0.27) == 1);
  CHECK(poisson_quantile(1, 0.25) == 2);
  CHECK(poisson_quantile(25.7, beyond_four()) == 47);
  CHECK(poisson_quantile(1e-6, 1e-4) == 0);
  // The median of chi-square with 99 degrees of freedom is 98.3341; 0.99: 134.6416.
  CHECK(wilson_hilferty(98.3341 / 99, 99) == Approx(0).margin(1e-4));
  CHECK(wilson_hilferty(134.6416 / 99, 99) == Approx(2.326348).epsilon(1e-3));
}

TEST_CASE("scores: chi-square of any number of degrees of freedom as a normal number",
          "[image_chain]") {
  // One degree of freedom: the square of a normal number, 16 beyond which lies 2 Q(4).
  CHECK(normal_equivalent(16, 1) == Approx(normal_quantile(beyond_four())).epsilon(1e-10));
  // Two: P(> s) = exp(-s/2).
  CHECK(normal_equivalent(2 * std::log(2), 2) == Approx(0).margin(1e-12));
  CHECK(normal_equivalent(-2 * std::log(beyond_four() / 2), 2) == Approx(4).epsilon(1e-10));
  CHECK(normal_equivalent(-2 * std::log1p(-beyond_four() / 2), 2) == Approx(-4).epsilon(1e-9));
  for (const double nu : {1.0, 9.0, 100.0, 4e5, 8e8}) {
    for (const double y : {-6.0, -4.0, 1.0, 4.0, 8.0}) {
      INFO(nu << " " << y);
      CHECK(normal_equivalent(chi_square_quantile(y, nu), nu) == Approx(y).epsilon(1e-6));
    }
  }
  // Very many: (square - nu) / sqrt(2 nu); and what was judged by that before, with few.
  CHECK(normal_equivalent(8e8 + 4 * std::sqrt(16e8), 8e8) == Approx(4).epsilon(1e-3));
  CHECK(normal_equivalent(9 + 4 * std::sqrt(18), 9) < 3.1);
  CHECK(normal_equivalent(1e9, 5) > 37);
  CHECK(normal_equivalent(HUGE_VAL, 5) > 37);
  CHECK(normal_equivalent(0, 5) < -37);
  CHECK(std::isnan(normal_equivalent(std::nan(""), 5)));
}

TEST_CASE("scores: false alarms of few numbers are as rare as those of many", "[image_chain]") {
  // At |y| > 2, where they can be counted: erfc(sqrt 2) = 0.0455.
  constexpr int draws = 20000;
  for (const int count : {1, 2, 9}) {
    int beyond = 0;
    std::vector<double> z(static_cast<std::size_t>(count));
    for (int draw = 0; draw < draws; ++draw) {
      standard_normals({.seed = 5, .stream = static_cast<std::uint32_t>(draw)}, 0, z);
      double squares = 0;
      for (const double value : z) squares += value * value;
      beyond += std::abs(normal_equivalent(squares, count)) > 2 ? 1 : 0;
    }
    const double expected = draws * std::erfc(std::numbers::sqrt2);
    CHECK(std::abs(beyond - expected) < 4 * std::sqrt(expected));
  }
  // The worst of several looks may be a little further off, in all kinds.
  const NormalScores scores{.count = 1000};
  CHECK(worst_of(1) == Approx(4).epsilon(1e-12));
  CHECK(std::erfc(worst_of(5) / std::numbers::sqrt2) == Approx(beyond_four() / 5));
  CHECK(scores.largest_bound(5) == Approx(worst_of(5000)));
  CHECK(scores.beyond_bound(100) > scores.beyond_bound());
}

TEST_CASE("scores: normal numbers hold, others do not", "[image_chain]") {
  const Grid grid = pixels(200, 150);
  const auto scored = [&](auto&& change) {
    NormalScores scores;
    Field z = white_noise(grid, {.seed = 8});
    for (double& value : z.values()) value = change(value);
    scores.take(z);
    return scores;
  };
  const auto good = scored([](double z) { return z; });
  CHECK(good.count == 30000);
  CHECK(good.beyond <= good.beyond_bound());
  CHECK(std::abs(good.chi_square()) <= 4);
  CHECK(good.largest <= good.largest_bound());
  const auto wide = scored([](double z) { return 1.3 * z; });
  CHECK(wide.beyond > wide.beyond_bound());
  CHECK(wide.chi_square() > 4);
  CHECK(std::abs(scored([](double z) { return 0.95 * z; }).chi_square()) > 4);
  // One pixel that was forgotten among 30 000, and one that is no number.
  const Field one = fill(grid, [](const Index& k) { return k == Index{7, 9, 0} ? 1 : 0; });
  Field far = white_noise(grid, {.seed = 8}), strange{far};
  check(VecAXPY(far.vector(), 30, one.vector()));
  for (auto [z, mark] = std::pair{strange.values().begin(), one.values().begin()};
       mark != one.values().end(); ++z, ++mark) {
    if (*mark == 1) *z = std::nan("");
  }
  NormalScores missed, unknown;
  missed.take(far);
  unknown.take(strange);
  CHECK(missed.largest > missed.largest_bound());
  CHECK_FALSE(unknown.largest <= unknown.largest_bound());
}

TEST_CASE("ensemble: the law holds, and each check fails for a wrong one", "[image_chain]") {
  const double a = 0.98;
  const auto good = judged({chain_step(0.02, 1)}, a);
  for (const auto& check : good) {
    INFO(check.name << " " << check.measured);
    CHECK(check.passed());
  }
  // More noise than there should be: what the product from j = 0 says.
  const auto noisy = judged({{std::sqrt(0.98), std::sqrt(0.0396), 1}}, a);
  for (const std::string name :
       {"mean_chi_square", "variance_beyond", "variance_chi_square", "variance_largest", "variance",
        "control_product", "conditional_entropy"}) {
    INFO(name);
    CHECK_FALSE(passed(noisy, name));
  }
  // The mean not shrunk.
  const auto still = judged({{1, std::sqrt(0.02), 1}}, a);
  CHECK_FALSE(passed(still, "mean_chi_square"));
  CHECK(passed(still, "variance"));
  // The entropy that is printed would be held for the right one: the control sees that.
  const double wanted = std::exp(2 * std::log(2 * std::numbers::pi * std::numbers::e * 0.02)) /
                        (2 * std::numbers::pi * std::numbers::e);
  const auto printed = judged({{std::sqrt(0.98), std::sqrt(wanted), 1}}, a);
  CHECK_FALSE(passed(printed, "control_half"));
}

TEST_CASE("ensemble: controls are left out where the law says that they cannot show",
          "[image_chain]") {
  // A sample that has its law to the letter.
  const auto look = [](double a, double factor, double pixels, int members) {
    Look made{.step = 1, .noise = 1 - a, .printed = 1 - a * factor, .members = members};
    made.mean.count = pixels;
    made.squares = made.noise * pixels * (members - 1);
    made.about_law = made.noise * pixels * members;
    return made;
  };
  const double flat = 1 / (2 * std::numbers::pi * std::numbers::e);  // H = 0
  CHECK(product_control({look(0.98, 0.98, 2400, 200)})->passed());
  CHECK(half_control({look(0.98, 0.98, 2400, 200)})->passed());
  CHECK_FALSE(product_control({look(1e-9, 0.98, 2400, 200)}));
  CHECK(half_control({look(1e-9, 0.98, 2400, 200)})->passed());
  CHECK_FALSE(half_control({look(1 - flat, 1 - flat, 2400, 200)}));
  CHECK(product_control({look(1 - flat, 1 - flat, 2400, 200)})->passed());
  for (const double pixels : {1.0, 2.0}) {
    CHECK_FALSE(product_control({look(0.98, 0.98, pixels, 200)}));
    CHECK_FALSE(half_control({look(0.98, 0.98, pixels, 200)}));
  }
  // The first look that shows it is taken.
  const std::vector looks{look(1e-9, 0.98, 2400, 200), look(0.98, 0.98, 2400, 200)};
  CHECK(product_control(looks)->passed());
  // A sample that follows the printed formula fails its control.
  Look printed = look(0.98, 0.98, 2400, 200);
  printed.squares *= printed.printed / printed.noise;
  CHECK_FALSE(product_control({printed})->passed());
}

TEST_CASE("ensemble: the exact entropy is the reference's", "[image_chain]") {
  Look look{.step = 1, .noise = 0.02, .members = 100};
  CHECK(look.exact_entropy() == Approx(-0.537072970).epsilon(1e-8));
}

TEST_CASE("chain law: relative entropy and chi-square against quadrature", "[image_chain]") {
  const Grid grid = pixels(9, 6);
  const Field f = picture(grid);
  for (const double log_survival : {-0.02, -1.0, -8.0}) {
    const ChainLaw law = chain_law({f}, log_survival);
    long double kl = 0, chi = 0;
    const double h = 1e-3, s = std::sqrt(law.noise);
    for (const double x : everywhere(f)) {
      const double m = std::sqrt(law.survival) * x;
      for (double z = -12; z <= 12; z += h) {  // u = m + s z
        const double u = m + s * z;
        const double p = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
        const double log_ratio = -z * z / 2 - std::log(s) + u * u / 2;
        kl += p * log_ratio * h;
        chi += p * (std::exp(log_ratio) - 1) * h;
      }
    }
    const double n = static_cast<double>(grid.cells());
    CHECK(law.relative_entropy == Approx(static_cast<double>(kl) / n).epsilon(1e-9));
    CHECK(law.chi_square == Approx(static_cast<double>(chi) / n).epsilon(1e-9));
  }
}

TEST_CASE("traces: c f + sigma g has the contrast-to-noise c / sigma", "[image_chain]") {
  const Grid grid = pixels(120, 90);
  const std::vector<Field> f{picture(grid), transformed(picture(grid), std::negate<>{})};
  const TraceFinder finder{f, 0.01};
  CHECK(finder.faces() == 2 * (119 * 90 + 120 * 89));
  CHECK(finder.values() == 2 * 120 * 90);
  const auto blurred = [&](double c, double sigma, std::uint32_t member) {
    std::vector<Field> u;
    for (std::uint16_t channel = 0; channel < 2; ++channel) {
      const NoiseKey key{.seed = 6, .stream = member, .channel = channel};
      u.push_back(f[channel]);
      check(VecScale(u.back().vector(), c));
      check(VecAXPY(u.back().vector(), sigma, white_noise(grid, key).vector()));
    }
    return finder(u);
  };
  for (const auto& [c, sigma] : {std::pair{0.9, 0.3}, {0.5, 1.0}, {0.1, 1.0}}) {
    const int draws = 50;
    const double v = finder.variance(), error = finder.contrast_error(c / sigma);
    const double rho = c * std::sqrt(v / (c * c * v + sigma * sigma));
    double squares = 0;
    for (int m = 0; m < draws; ++m) {
      const Traces traces = blurred(c, sigma, static_cast<std::uint32_t>(m));
      squares += std::pow((traces.contrast_to_noise - c / sigma) / error, 2) / draws;
      CHECK(std::abs(traces.correlation - rho) <= 4.5 / std::sqrt(finder.values()));
      CHECK(traces.information() == Approx(-std::log(1 - std::pow(traces.correlation, 2)) / 2));
    }
    // The error stated is one, within 4 standard errors of its own: an upper bound, but no wild
    // one.
    CHECK(squares <= 1 + 4 * std::sqrt(2.0 / draws));
    CHECK(squares >= 0.1);
  }
  const Traces itself = finder(f);
  CHECK(itself.contrast == Approx(1).epsilon(1e-12));
  CHECK(itself.correlation == Approx(1).epsilon(1e-12));
}

TEST_CASE("traces: edges that tie count as strong ones", "[image_chain]") {
  const Grid grid = pixels(60, 40);
  const auto strong = [&](auto&& level, double share) {
    return TraceFinder{{fill(grid, level)}, share}.strong_faces();
  };
  const auto half = [](const Index& k) { return k[0] < 30 ? -1.0 : 1.0; };
  const auto board = [](const Index& k) { return (k[0] + k[1]) % 2 == 0 ? -1.0 : 1.0; };
  // Fewer than 1 % of 4700 faces differ at all; all of them do, by as much.
  CHECK(strong(half, 0.01) == 40);
  CHECK(strong(board, 0.01) == 4700);
  CHECK(strong([](const Index&) { return 0.3; }, 0.5) == 0);
  // 40 faces with 2/3 of the range (a threshold tried on the way), 40 with all of it. Ties by
  // round-off, too.
  const auto stairs = [](const Index& k) {
    return (k[0] < 20 ? 0.1 : k[0] < 40 ? 0.5 : 0.1) + 0.4 * (k[0] == 50) + 1e-16 * k[1];
  };
  CHECK(strong(stairs, 0.001) == 160);
  const auto two = [](const Index& k) { return k[0] < 20 ? 0.0 : k[0] < 40 ? 1.0 : 0.5; };
  CHECK(strong(two, 0.001) == 40);
  CHECK(strong(two, 0.01) == 80);
}

TEST_CASE("permutation: how far it throws the pixels, and what its controls can show",
          "[image_chain]") {
  const Grid grid = pixels(3, 4);
  const auto reach = [&](const Permutation::Source& source) {
    return reach_of(Permutation{grid, grid, source});
  };
  const Reach still = reach([](PetscInt k) { return k; });
  CHECK((still.moved == 0 && still.across == 0));
  // Two rows that change places.
  const Reach rows = reach([](PetscInt k) { return k < 6 ? (k + 3) % 6 : k; });
  CHECK((rows.moved == 6 && rows.across == 0));
  const Reach ends = reach([](PetscInt k) { return k == 0 ? 2 : k == 2 ? 0 : k; });
  CHECK(ends.moved == 2);
  CHECK(ends.across == Approx(std::sqrt(1 - 0.5 / 6) - std::sqrt(1 - 2.5 / 6)));
  PermutationCase control{"control_beta", "words", Tie::none};
  control.worst = {.cells = 2, .largest = 0.1, .size = 3};
  CHECK_FALSE(permutation_check(control, rows, 0.02));
  CHECK_FALSE(permutation_check(control, ends, 1e-18));
  REQUIRE(permutation_check(control, ends, 0.02));
  CHECK(permutation_check(control, ends, 0.02)->passed());
  control.worst.largest = 0;
  CHECK_FALSE(permutation_check(control, ends, 0.02)->passed());
}

TEST_CASE("permuted chains: bitwise the same, and seen to differ where they do", "[image_chain]") {
  const Grid grid = pixels(61, 47);
  const Field f = picture(grid);
  const Permutation permutation{grid, grid, random_permutation(grid.cells(), 3)};
  const auto map = [&](const Field& u) { return permutation(u); };
  const auto moved = [&](const NoiseKey&, const Field& white) { return permutation(white); };
  const auto still = [](const NoiseKey&, const Field& white) { return white; };
  const auto cells_apart = [&](const NoiseOf& noise, const ChainStep& step) {
    TiedChains tied{f, map, noise, step};
    for (int i = 1; i <= 5; ++i) tied.advance({.seed = 2}, chain_step(0.1, i));
    CHECK(apart(permutation.inverse(tied.second()), tied.first()).cells == tied.apart().cells);
    return tied.apart().cells;
  };
  CHECK(cells_apart(moved, plain_step) == 0);
  // Noise that stays where it is; a step that looks at the place, or at neighbours.
  CHECK(cells_apart(still, plain_step) > 0.9 * grid.cells());
  CHECK(cells_apart(moved, varying_step) > 0.9 * grid.cells());
  CHECK(cells_apart(moved, correlated_step) > 0.9 * grid.cells());
  // The smallest difference counts.
  Field other{f};
  for (double& value : other.values()) value = std::nextafter(value, 9.0);
  CHECK(apart(f, other).cells == grid.cells());
}
