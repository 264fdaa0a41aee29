#include "solvers/eigenmodes.hpp"

#include <fmt/format.h>

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/absorbing_set.hpp"
#include "problems/sampling.hpp"
#include "solvers/currents.hpp"
#include "solvers/first_passage.hpp"
#include "solvers/functionals.hpp"
#include "solvers/reversal.hpp"
#include "solvers/steady_state.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const double pi = std::acos(-1);

/// dX = -V' dt + sqrt(2) dW, V = (x^2 - 1)^2 / depth, on [-2.5, 2.5].
std::string double_well(int cells, double depth, const std::string& sign = "") {
  return fmt::format(
      "[problem]\nkind = fokker_planck\npotential = {}(x^2-1)^2/{}\ninitial = 1\n"
      "[grid]\ncells = {}\nlower = -2.5\nupper = 2.5\n",
      sign, depth, cells);
}

/// Eigenvalues of a symmetric matrix in ascending order, by Jacobi's rotations.
using Real = long double;
std::vector<Real> eigenvalues(std::vector<std::vector<Real>> a) {
  const std::size_t n = a.size();
  for (int sweep = 0; sweep < 30; ++sweep) {
    Real off = 0, all = 0;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = 0; q < n; ++q) (p == q ? all : off) += a[p][q] * a[p][q];
    }
    if (off <= 1e-36L * all) break;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        if (a[p][q] == 0) continue;
        const Real theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const Real t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const Real c = 1 / std::sqrt(t * t + 1), s = t * c;
        for (std::size_t k = 0; k < n; ++k) {
          const Real kp = a[k][p], kq = a[k][q];
          a[k][p] = c * kp - s * kq;
          a[k][q] = s * kp + c * kq;
        }
        for (std::size_t k = 0; k < n; ++k) {
          const Real pk = a[p][k], qk = a[q][k];
          a[p][k] = c * pk - s * qk;
          a[q][k] = s * pk + c * qk;
        }
      }
    }
  }
  std::vector<Real> values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(a[i][i]);
  std::ranges::sort(values);
  return values;
}

/// Of -A for the double well, from the Schroedinger operator -d^2/dx^2 + V'^2/4 - V''/2, which has
/// the same, by collocation with sinc functions on [-2.5, 2.5]: beyond any power of the spacing.
std::vector<Real> exact_rates(int points, Real depth) {
  const auto n = static_cast<std::size_t>(points);
  const Real spacing = 5.0L / (points - 1), square = spacing * spacing;
  const Real pi_squared = std::acos(-1.0L) * std::acos(-1.0L);
  std::vector<std::vector<Real>> a(n, std::vector<Real>(n));
  for (std::size_t i = 0; i < n; ++i) {
    const Real x = -2.5L + static_cast<Real>(i) * spacing;
    const Real slope = 4 * x * (x * x - 1) / depth, bend = (12 * x * x - 4) / depth;
    for (std::size_t j = 0; j < n; ++j) {
      const Real d = static_cast<Real>(i) - static_cast<Real>(j);
      a[i][j] = i == j ? pi_squared / (3 * square) + slope * slope / 4 - bend / 2
                       : ((i + j) % 2 == 0 ? 2 : -2) / (square * d * d);
    }
  }
  return eigenvalues(std::move(a));
}

double product(const Field& a, const Field& b) {
  double result = 0;
  check(VecDot(a.vector(), b.vector(), &result));
  return result;
}

/// A rotating Ornstein-Uhlenbeck process dX = -B X dt + noise with a full tensor D.
struct Rotating {
  std::array<double, 4> b{1, -2, 2, 1};
  std::array<double, 4> d{1, 0.7, 0.7, 0.8};

  static std::string text(int cells) {
    return fmt::format(
        "[problem]\nkind = fokker_planck\ndrift = -x + 2*y, -2*x - y\n"
        "diffusion = 1, 0.7, 0.7, 0.8\ninitial = exp(-x^2 - y^2)\n"
        "[grid]\ncells = {}, {}\nlower = -6, -6\nupper = 6, 6\n",
        cells, cells);
  }

  /// B C + C B^T = 2 D, solved for the three entries of C.
  std::array<double, 3> covariance() const {
    // xx: 2 (b0 c0 + b1 c1) = 2 d0;  xy: b2 c0 + (b0 + b3) c1 + b1 c2 = 2 d1;  yy likewise.
    double m[3][4] = {{2 * b[0], 2 * b[1], 0, 2 * d[0]},
                      {b[2], b[0] + b[3], b[1], 2 * d[1]},
                      {0, 2 * b[2], 2 * b[3], 2 * d[3]}};
    for (int i = 0; i < 3; ++i) {
      for (int k = i + 1; k < 3; ++k) {
        const double factor = m[k][i] / m[i][i];
        for (int j = i; j < 4; ++j) m[k][j] -= factor * m[i][j];
      }
    }
    std::array<double, 3> c{};
    for (std::size_t i = 3; i-- > 0;) {
      c[i] = m[i][3];
      for (std::size_t j = i + 1; j < 3; ++j) c[i] -= m[i][j] * c[j];
      c[i] /= m[i][i];
    }
    return c;
  }

  /// tr(Q^T D^-1 Q C) with the current j = Q x w, Q = D C^-1 - B.
  double entropy_production() const {
    const auto c = covariance();
    const double det = c[0] * c[2] - c[1] * c[1];
    const std::array<double, 4> inverse{c[2] / det, -c[1] / det, -c[1] / det, c[0] / det};
    const auto times = [](const std::array<double, 4>& x, const std::array<double, 4>& y) {
      return std::array<double, 4>{x[0] * y[0] + x[1] * y[2], x[0] * y[1] + x[1] * y[3],
                                   x[2] * y[0] + x[3] * y[2], x[2] * y[1] + x[3] * y[3]};
    };
    std::array<double, 4> q = times(d, inverse);
    for (std::size_t i = 0; i < 4; ++i) q[i] -= b[i];
    const double det_d = d[0] * d[3] - d[1] * d[2];
    const std::array<double, 4> inverse_d{d[3] / det_d, -d[1] / det_d, -d[2] / det_d, d[0] / det_d};
    const std::array<double, 4> transposed{q[0], q[2], q[1], q[3]};
    const auto all = times(times(transposed, inverse_d), times(q, {c[0], c[1], c[1], c[2]}));
    return all[0] + all[3];
  }
};

}  // namespace

TEST_CASE("eigenmodes: five rates of a double well, against spectral collocation", "[eigenmodes]") {
  constexpr double depth = 0.25;
  const auto exact = exact_rates(181, depth), coarser = exact_rates(151, depth);
  CHECK(std::abs(exact[0]) <= 1e-12L);
  std::vector<std::vector<double>> rates(5);
  std::vector<double> spacings;
  for (const int cells : {160, 320, 640, 1280, 2560}) {
    const BuiltProblem problem{double_well(cells, depth)};
    const Generator generator = problem->generator(0);
    const Eigenmodes modes = eigenmodes(generator, 6);
    spacings.push_back(5.0 / cells);
    CHECK(modes.rates[0] == 0.0);
    for (std::size_t i = 0; i < 5; ++i) {
      CHECK(modes.rates[i + 1].imag() == 0);
      rates[i].push_back(modes.rates[i + 1].real());
    }
  }
  for (std::size_t i = 0; i < 5; ++i) {
    const auto value = static_cast<double>(exact[i + 1]);
    INFO("rate " << i + 1 << " = " << value);
    // The reference itself: 12 digits.
    CHECK(std::abs(coarser[i + 1] / exact[i + 1] - 1) <= 1e-12L);
    std::vector<double> errors;
    for (const double rate : rates[i]) errors.push_back(std::abs(rate / value - 1));
    CHECK(slope(spacings, errors) == Approx(2).margin(0.05));
    CHECK(std::abs(richardson(rates[i], {2, 4, 6}) / value - 1) <= 1e-9);
  }
  // Control: the wrong sign of the drift.
  const BuiltProblem wrong{double_well(320, depth, "-")};
  const Eigenmodes modes = eigenmodes(wrong->generator(0), 2);
  CHECK(std::abs(modes.rates[1].real() / static_cast<double>(exact[1]) - 1) > 0.5);
}

TEST_CASE("eigenmodes: left and right modes, orthogonal and small in residual", "[eigenmodes]") {
  const std::vector<std::string> texts{
      double_well(200, 0.25),
      "[problem]\nkind = fokker_planck\npotential = x^2 + 2*y^2\ninitial = 1\n"
      "[grid]\ncells = 24, 20\nlower = -3, -3\nupper = 3, 3\nboundary = reflecting, absorbing\n",
      Rotating::text(24),
      "[problem]\nkind = fokker_planck\ndrift = 3\ninitial = 1\n"
      "[grid]\ncells = 60\nlower = 0\nupper = 1\nboundary = periodic\n"};
  for (const auto& text : texts) {
    const BuiltProblem problem{text};
    const Generator generator = problem->generator(0);
    const Eigenmodes modes = eigenmodes(generator, 6);
    INFO(text);
    for (std::size_t i = 0; i < modes.rates.size(); ++i) {
      INFO("mode " << i << ": " << modes.rates[i].real() << " + " << modes.rates[i].imag() << "i");
      CHECK(modes.residuals[i] <= 1e-11);
      CHECK(modes.left_residuals[i] <= 1e-11);
      CHECK(modes.rates[i].real() >= 0);
      if (i > 0) CHECK(modes.rates[i].real() >= modes.rates[i - 1].real());
      for (std::size_t j = 0; j < modes.rates.size(); ++j) {
        // Of a pair only (l, r) as a whole is 1: the halves add up.
        if (modes.rates[i].imag() != 0 && modes.rates[j] == std::conj(modes.rates[i])) continue;
        const double found = product(modes.left[i], modes.right[j]);
        const double size =
            product(transformed(modes.left[i], [](double x) { return std::abs(x); }),
                    transformed(modes.right[j], [](double x) { return std::abs(x); }));
        if (i != j) CHECK(std::abs(found) <= 1e-8 * size);
        if (i == j && modes.rates[i].imag() == 0) CHECK(found == Approx(1).epsilon(1e-10));
      }
    }
  }
  const BuiltProblem few{double_well(5, 0.25)};
  CHECK_THROWS_AS(eigenmodes(few->generator(0), 5), InputError);
}

TEST_CASE("eigenmodes: known rates with and without killing, in pairs", "[eigenmodes]") {
  // Absorbing ends: 4 / h^2 sin^2(k pi h / 2). The left modes are sin(k pi x) as well.
  const BuiltProblem interval{
      "[problem]\nkind = fokker_planck\ninitial = 1\n"
      "[grid]\ncells = 50\nlower = 0\nupper = 1\nboundary = absorbing\n"};
  const Eigenmodes ends = eigenmodes(interval->generator(0), 4);
  for (std::size_t k = 0; k < 4; ++k) {
    const double sine = std::sin(static_cast<double>(k + 1) * pi / 100);
    CHECK(ends.rates[k].real() == Approx(4 * 2500 * sine * sine).epsilon(1e-12));
  }
  const Generator generator = interval->generator(0);
  KilledSystem system{generator};
  const auto state = quasi_stationary(system, masses_of(interval->initial(0)));
  CHECK(state.rate == Approx(ends.rates[0].real()).epsilon(1e-12));
  CHECK(largest_difference(everywhere(state.masses), everywhere(ends.right[0])) <= 1e-11);

  // Drift on a circle: rates f (1 - e^(-i theta)) + b (1 - e^(i theta)), f - b = v / h.
  const BuiltProblem circle{
      "[problem]\nkind = fokker_planck\ndrift = 3\ninitial = 1\n"
      "[grid]\ncells = 60\nlower = 0\nupper = 1\nboundary = periodic\n"};
  const Generator turning = circle->generator(0);
  const double f = turning.rates().families().front().forth.values().front();
  const double b = turning.rates().families().front().back.values().front();
  const Eigenmodes modes = eigenmodes(turning, 5);
  REQUIRE(modes.rates.size() == 5);
  for (const std::size_t k : {1, 2}) {
    const double theta = 2 * pi * static_cast<double>(k) / 60;
    const std::complex<double> exact{(f + b) * (1 - std::cos(theta)), (f - b) * std::sin(theta)};
    CHECK(std::abs(modes.rates[2 * k - 1] / exact - 1.0) <= 1e-11);
    CHECK(modes.rates[2 * k] == std::conj(modes.rates[2 * k - 1]));
  }
}

TEST_CASE("eigenmodes: a slow mode of e^-33 keeps its digits", "[eigenmodes]") {
  // Metastability: the second rate is 1/E[T] + 1/E[T'] of the two passages, to the square of their
  // separation of scales.
  const BuiltProblem problem{double_well(800, 0.03)};
  const Generator generator = problem->generator(0);
  const Eigenmodes modes = eigenmodes(generator, 3);
  const Generator killed{absorb(problem->rates(0), [](const Point& x) { return x[0] >= 0; })};
  KilledSystem system{killed};
  const auto state = quasi_stationary(system, [&] {
    return fill(problem->grid(),
                [&](const Index& k) { return problem->grid().centre(k)[0] < -0.5 ? 1.0 : 0.0; });
  }());
  CHECK(modes.rates[1].real() < 1e-10);
  // By symmetry the second mode is odd: it is the quasi-stationary state of x < 0.
  CHECK(modes.rates[1].real() == Approx(state.rate).epsilon(1e-9));
}

TEST_CASE("currents: a rotating process dissipates what Lyapunov's equation says", "[eigenmodes]") {
  const Rotating process;
  const auto exact = process.covariance();
  std::vector<double> spacings, productions, covariances, entropies;
  for (const int cells : {48, 72, 108, 162}) {
    const BuiltProblem problem{Rotating::text(cells)};
    const Generator generator = problem->generator(0);
    CHECK_FALSE(generator.reversible());
    const SteadyState w = steady_state(generator, 1, {.method = "direct"});
    const Field masses = masses_of(w.density);
    const Currents now = currents(generator, masses);
    std::array<long double, 3> moments{};
    auto mass = masses.values().begin();
    for_each(problem->grid().owned(), [&](const Index& k) {
      const Point x = problem->grid().centre(k);
      moments[0] += *mass * x[0] * x[0];
      moments[1] += *mass * x[0] * x[1];
      moments[2] += *mass++ * x[1] * x[1];
    });
    double error = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      error += std::abs(static_cast<double>(sum(problem->grid().comm(), moments[i])) - exact[i]);
    }
    const double det = exact[0] * exact[2] - exact[1] * exact[1];
    const Field gaussian = cell_means(problem->grid(), [&](const Point& x) {
      const double square =
          exact[2] * x[0] * x[0] - 2 * exact[1] * x[0] * x[1] + exact[0] * x[1] * x[1];
      return std::exp(-square / (2 * det)) / (2 * pi * std::sqrt(det));
    });
    entropies.push_back(
        relative_entropy(w.density, transformed(gaussian, [](double x) { return std::log(x); })));
    spacings.push_back(12.0 / cells);
    covariances.push_back(error);
    productions.push_back(std::abs(now.entropy_production - process.entropy_production()));
    // Free of divergence, while the current itself is a good part of the traffic.
    double left = 0;
    check(VecNorm(now.divergence.vector(), NORM_1, &left));
    CHECK(left <= 1e-12 * now.size);
    CHECK(now.size > 0.1 * spacings.back() * now.throughput);
    // Control: the reversible half has the same steady state and no current.
    const Generator part =
        reversible_half(generator, transformed(masses, [](double m) { return std::log(m); }));
    CHECK(stationarity_defect(part, w.density) <= 1e-14);
    const Currents none = currents(part, masses);
    CHECK(none.size <= 1e-14 * none.throughput);
    CHECK(none.entropy_production <= 1e-14 * now.entropy_production);
  }
  INFO("sigma = " << process.entropy_production());
  CHECK(slope(spacings, productions) == Approx(2).margin(0.05));
  CHECK(slope(spacings, covariances) == Approx(2).margin(0.05));
  // An entropy is of second order in the error of the density; the coarsest grid, a quarter of a
  // standard deviation a cell, is left out.
  spacings.erase(spacings.begin());
  entropies.erase(entropies.begin());
  CHECK(slope(spacings, entropies) == Approx(4).margin(0.1));
}

TEST_CASE("currents: none in detailed balance, and the drift's own on a circle", "[eigenmodes]") {
  const BuiltProblem well{double_well(100, 0.25)};
  const Generator balanced = well->generator(0);
  const Currents none = currents(balanced, masses_of(closed_form(balanced, 1).density));
  CHECK(none.size <= 1e-13 * none.throughput);
  CHECK(std::abs(none.entropy_production) <= 1e-20 * none.throughput);
  // dX = v dt + sqrt(2 D) dW on a circle of length 1: j = v, sigma = v^2 / D.
  std::vector<double> spacings, errors;
  for (const int cells : {20, 40, 80}) {
    const BuiltProblem circle{
        fmt::format("[problem]\nkind = fokker_planck\ndrift = 3\ndiffusion = 0.5\ninitial = 1\n"
                    "[grid]\ncells = {}\nlower = 0\nupper = 1\nboundary = periodic\n",
                    cells)};
    const Generator generator = circle->generator(0);
    const Currents now = currents(generator, masses_of(Field{circle->grid(), 1}));
    CHECK(least(now.density[0]) == Approx(3).epsilon(1e-12));
    CHECK(largest(now.density[0]) == Approx(3).epsilon(1e-12));
    // Forth / back = e^z and J = v / h of cell masses h: v z / h = v^2 / D, to the last digit.
    CHECK(now.entropy_production == Approx(18).epsilon(1e-12));
  }
}
