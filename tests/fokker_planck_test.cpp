#include "problems/fokker_planck.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "solvers/eigenmodes.hpp"
#include "solvers/functionals.hpp"
#include "solvers/implicit_euler.hpp"
#include "solvers/steady_state.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

std::string mixture(const std::string& mean_factor, const std::string& spread) {
  const auto part = [&](double weight, double mean, double sd) {
    return fmt::format("{}*normal(x, {}*{}, sqrt(1 + ({} - 1)*{}))", weight, mean, mean_factor,
                       sd * sd, spread);
  };
  return part(0.3, -1, 0.2) + " + " + part(0.45, 0.2, 0.15) + " + " + part(0.25, 1.3, 0.3);
}

std::string ornstein_uhlenbeck(int cells, const std::string& drift = "-x") {
  return fmt::format(
      "[problem]\nkind = fokker_planck\ndrift = {}\ninitial = {}\nexact = {}\n"
      "[grid]\ncells = {}\nlower = -8\nupper = 8\n",
      drift, mixture("1", "1"), mixture("exp(-t)", "exp(-2*t)"), cells);
}

Field relaxed(const Problem& problem, const Generator& generator, double end, int steps) {
  ImplicitEuler euler{generator, end / steps, {.method = "direct"}};
  Field p = problem.initial(0);
  for (int n = 0; n < steps; ++n) euler.advance(p, n);
  return p;
}

double error_of(const std::string& text, double end, int steps) {
  const BuiltProblem problem{text};
  const Generator generator{problem->rates(0)};
  return l1_distance(relaxed(*problem, generator, end, steps), *problem->exact(0, end));
}

const std::string double_well =
    "[problem]\nkind = fokker_planck\npotential = 2*(x^2-1)^2 + y^2\n"
    "initial = exp(-((x-1)^2 + y^2)/0.1)\n[grid]\n";

}  // namespace

TEST_CASE("ornstein-uhlenbeck: order 2 in space at a fixed small step", "[fokker_planck]") {
  std::vector<double> spacings, errors;
  for (int cells = 100; cells <= 400; cells *= 2) {
    spacings.push_back(16.0 / cells);
    errors.push_back(error_of(ornstein_uhlenbeck(cells), 0.2, 8000));
  }
  CHECK(slope(spacings, errors) == Approx(2).margin(0.1));
}

TEST_CASE("ornstein-uhlenbeck: order 1 in time", "[fokker_planck]") {
  std::vector<double> steps, errors;
  for (int n = 50; n <= 400; n *= 2) {
    steps.push_back(0.5 / n);
    errors.push_back(error_of(ornstein_uhlenbeck(3200), 0.5, n));
  }
  CHECK(slope(steps, errors) == Approx(1).margin(0.1));
}

TEST_CASE("ornstein-uhlenbeck: control, the reversed drift does not converge", "[fokker_planck]") {
  const double coarse = error_of(ornstein_uhlenbeck(200, "x"), 0.5, 250);
  const double fine = error_of(ornstein_uhlenbeck(400, "x"), 0.5, 500);
  CHECK(fine > 0.5);
  CHECK(fine / coarse > 0.95);
}

TEST_CASE("ornstein-uhlenbeck: entropy and KL against the reference", "[fokker_planck]") {
  const Json json = reference("ou_continuous.json");
  const BuiltProblem problem{ornstein_uhlenbeck(800)};
  const Generator generator{problem->rates(0)};
  const SteadyState w = steady_state(generator, 1, {.method = "direct"});
  const double h = 16.0 / 800;
  for (const auto& [key, entry] : json.get_child("populations.mixture")) {
    const double end = entry.get<double>("t_ou");
    if (end > 2) continue;
    const int steps = 400;
    const Field full = relaxed(*problem, generator, end, steps);
    const Field half = relaxed(*problem, generator, end, 2 * steps);
    // First order in time: the rest of the half steps' error is what halving has changed.
    const double time_error_h = std::abs(differential_entropy(full) - differential_entropy(half));
    const double time_error_kl =
        std::abs(relative_entropy(full, w.log_density) - relative_entropy(half, w.log_density));
    const double bias = h * h / 24 * entry.get<double>("fisher_J");
    INFO("t = " << end);
    CHECK(std::abs(differential_entropy(half) - entry.get<double>("H")) <=
          1.5 * (bias + time_error_h));
    CHECK(std::abs(relative_entropy(half, w.log_density) - entry.get<double>("KL_to_N01")) <=
          1.5 * (bias + time_error_kl));
    CHECK(fisher_information(half) == Approx(entry.get<double>("fisher_J")).epsilon(0.02));
  }
}

TEST_CASE("double well: the steady state is exact wherever it is above 1e-300", "[fokker_planck]") {
  // A box so wide that the Gibbs state spans three hundred orders of magnitude.
  const BuiltProblem problem{double_well + "cells = 256, 256\nlower = -4.4, -5\nupper = 4.4, 5\n"};
  const Generator generator = problem->generator(0);
  const SteadyState w = closed_form(generator, 1);
  const Grid& grid = problem->grid();
  const auto potential = [&](const Index& cell) {
    const Point c = grid.centre(cell);
    const long double x = c[0], y = c[1];
    return 2 * (x * x - 1) * (x * x - 1) + y * y;
  };
  long double total = 0;
  for_each(grid.owned(), [&](const Index& cell) { total += std::exp(-potential(cell)); });
  total = sum(grid.comm(), total) * grid.volume({0, 0, 0});
  double worst = 0, smallest_seen = 1;
  auto value = w.density.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    const long double exact = std::exp(-potential(cell)) / total;
    const double found = *value++;
    CHECK(found >= 0);
    if (exact < 1e-300L) return;
    smallest_seen = std::min(smallest_seen, found);
    worst = std::max(worst, std::abs(static_cast<double>(found / exact - 1)));
  });
  CHECK(maximum(grid.comm(), worst) <= 1e-12);
  CHECK(minimum(grid.comm(), smallest_seen) < 1e-290);
  CHECK(stationarity_defect(generator, w.density) <= 1e-15);
}

TEST_CASE("double well: every solver gives the same step", "[fokker_planck]") {
  const BuiltProblem problem{double_well +
                             "cells = 48, 40\nlower = -2.5, -2.5\nupper = 2.5, 2.5\n"};
  const Generator generator = problem->generator(0);
  for (const double tau : {1e-3, 0.1, 100.0}) {
    Field expected = problem->initial(0);
    ImplicitEuler{generator, tau, {.method = "direct"}}.advance(expected, 0);
    for (const auto& method : solver_methods()) {
      Field p = problem->initial(0);
      const SolveReport report =
          ImplicitEuler{generator, tau, {.method = std::string{method.name}, .tolerance = 1e-12}}
              .advance(p, 0);
      INFO(method.name << " at tau = " << tau);
      const double round_off = 3e-15 * (1 + 2 * tau * generator.largest_outflow());
      CHECK(report.residual <= 1e-10 + round_off);
      CHECK(report.mass_defect <= report.residual + 1e-14);
      CHECK(l1_distance(p, expected) <= 1e-10);
      CHECK(std::abs(mass(p) - 1) <= 1e-14);
    }
  }
}

TEST_CASE("fokker_planck: walls of any height keep mass and positivity", "[fokker_planck]") {
  for (const std::string wall : {"700", "1500", "1e5", "1e16"}) {
    const BuiltProblem problem{"[problem]\nkind = fokker_planck\npotential = " + wall +
                               "*(x > 0)\ninitial = normal(x, 0.5, 0.3)\n"
                               "[grid]\ncells = 60\nlower = -2\nupper = 2\n"};
    const Generator generator = problem->generator(0);
    for (const std::string method : {"direct", "bicgstab_ilu"}) {
      Field p = problem->initial(0);
      ImplicitEuler{generator, 0.1, {.method = method, .tolerance = 1e-13}}.advance(p, 0);
      INFO("wall " << wall << ", " << method);
      CHECK(mass(p) == Approx(1).epsilon(1e-14));
      CHECK(least(p) >= -1e-10);
      CHECK(std::isfinite(relative_entropy(p, steady_state(generator, 1, {}).log_density)));
    }
  }
}

TEST_CASE("fokker_planck: a drift without potential has its null vector", "[fokker_planck]") {
  // b = -(x, y) + 2 (-y, x): the rotation does no work on the Gaussian, so N(0, I) stays.
  std::vector<double> spacings, errors;
  for (int cells = 24; cells <= 96; cells *= 2) {
    const BuiltProblem problem{
        fmt::format("[problem]\nkind = fokker_planck\ndrift = -x - 2*y, 2*x - y\ninitial = 1\n"
                    "exact = normal(x,0,1)*normal(y,0,1)\n"
                    "[grid]\ncells = {0}, {0}\nlower = -6, -6\nupper = 6, 6\n",
                    cells)};
    const Generator generator{problem->rates(0)};
    const auto found = null_vector(generator, problem->initial(0), {});
    CHECK(stationarity_defect(generator, found.state.density) <= 1e-14);
    CHECK(least(found.state.density) > 0);
    spacings.push_back(12.0 / cells);
    errors.push_back(l1_distance(found.state.density, *problem->exact(0, 0)));
  }
  CHECK(slope(spacings, errors) == Approx(2).margin(0.1));
}

TEST_CASE("fokker_planck: Ito, Stratonovich and Fick differ as they must", "[fokker_planck]") {
  // dX = sqrt(2 D) dW alone: stationary 1/D (Ito), 1/sqrt(D) (Stratonovich), constant (Fick).
  const std::vector<std::pair<std::string, double>> forms{
      {"ito", 1}, {"stratonovich", 0.5}, {"fick", 0}};
  for (const auto& [form, power] : forms) {
    const BuiltProblem problem{fmt::format(
        "[problem]\nkind = fokker_planck\ndiffusion = 1 + x^2\ninitial = 1\n"
        "exact = (1 + x^2)^(-{})\n[scheme]\nform = {}\n[grid]\ncells = 64\nlower = -2\nupper = 3\n",
        power, form)};
    const Generator generator{problem->rates(0)};
    const Field w = null_vector(generator, problem->initial(0), {}).state.density;
    const auto found = everywhere(w);
    const Grid& grid = problem->grid();
    for (int i = 0; i < 64; ++i) {
      const double d = 1 + std::pow(grid.axis(0).centre(i), 2);
      CHECK(found[static_cast<std::size_t>(i)] * std::pow(d, power) ==
            Approx(found[0] * std::pow(1 + std::pow(grid.axis(0).centre(0), 2), power)));
    }
  }
}

TEST_CASE("fokker_planck: a potential and an equal drift give the same rates", "[fokker_planck]") {
  const std::string box =
      "initial = 1\ndiffusion = 0.3\n[grid]\ncells = 50\nlower = -2\nupper = 2\n";
  const BuiltProblem drift{"[problem]\nkind = fokker_planck\ndrift = -x\n" + box};
  const BuiltProblem potential{"[problem]\nkind = fokker_planck\npotential = x^2/2\n" + box};
  const BuiltProblem half{"[problem]\nkind = fokker_planck\ndrift = -x/2\npotential = x^2/4\n" +
                          box};
  const auto state = [](const BuiltProblem& problem) {
    const Generator generator{problem->rates(0)};
    return everywhere(null_vector(generator, problem->initial(0), {}).state.density);
  };
  CHECK(largest_difference(state(drift), state(potential)) <= 1e-11);
  CHECK(largest_difference(state(drift), state(half)) <= 1e-11);
}

TEST_CASE("spectrum: the gap of a discrete Laplacian and of the OU process", "[spectrum]") {
  const BuiltProblem flat{
      "[problem]\nkind = fokker_planck\npotential = 0*x\ninitial = 1\n"
      "[grid]\ncells = 40\nlower = 0\nupper = 1\n"};
  const Generator laplacian{flat->rates(0), flat->log_weight(0)};
  const double pi = std::acos(-1.0);
  CHECK(spectral_gap(laplacian) == Approx(4 * 1600 * std::pow(std::sin(pi / 80), 2)).epsilon(1e-8));
  const BuiltProblem ou{
      "[problem]\nkind = fokker_planck\npotential = x^2/2\ninitial = 1\n"
      "[grid]\ncells = 800\nlower = -8\nupper = 8\n"};
  const Generator generator{ou->rates(0), ou->log_weight(0)};
  CHECK(spectral_gap(generator) == Approx(1).epsilon(1e-3));
}

TEST_CASE("functionals: closed forms of two Gaussians", "[functionals]") {
  const Grid grid{{{4000, -20, 20}}};
  const auto gaussian = [&](double mean, double sd) {
    return fill(grid, [&](const Index& cell) {
      const double s = (grid.axis(0).centre(cell[0]) - mean) / sd;
      return std::exp(-s * s / 2) / (sd * std::sqrt(2 * std::acos(-1.0)));
    });
  };
  const Field p = gaussian(0.5, 0.8), q = gaussian(0, 1);
  const Field log_q = transformed(q, [](double x) { return std::log(x); });
  const double s2 = 0.64, m2 = 0.25;
  CHECK(mass(p) == Approx(1).epsilon(1e-12));
  CHECK(differential_entropy(p) == Approx(0.5 * std::log(2 * std::acos(-1.0) * std::exp(1) * s2)));
  CHECK(relative_entropy(p, log_q) == Approx((s2 + m2 - 1 - std::log(s2)) / 2));
  CHECK(lyapunov(p, log_q) == -relative_entropy(p, log_q));
  CHECK(fisher_information(p) == Approx(1 / s2).epsilon(1e-4));
  CHECK(relative_fisher_information(p, log_q) == Approx(1 / s2 - 2 + s2 + m2).epsilon(1e-4));
  CHECK(chi_square(p, log_q) ==
        Approx(std::exp(m2 / (2 - s2)) / std::sqrt(s2 * (2 - s2)) - 1).epsilon(1e-8));
}
