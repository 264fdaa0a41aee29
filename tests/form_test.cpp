/// Ito, Stratonovich and Fick: each form has its own steady state, and a wrong one is seen.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "solvers/functionals.hpp"
#include "solvers/steady_state.hpp"
#include "studies/flow/accuracy.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

/// dX = -X dt + sqrt(Sigma) dW, Sigma = 2 D = 2 (1 + x^2/4), to x = +-1e5, where the tail of the
/// Fick form's steady state, 16 / (pi x^4), still holds 32 / (pi x) = 1e-4 of its variance of 4.
std::string heavy_tailed(const std::string& form, int cells) {
  return fmt::format(
      "[problem]\nkind = fokker_planck\ndrift = -x\ndiffusion = 1 + x^2/4\n"
      "initial = normal(x, 0, 1)\n[scheme]\nform = {}\n[grid]\ncells = {}\nlower = -1e5\n"
      "upper = 1e5\nspacing = sinh\nstretch = 25\n",
      form, cells);
}

double variance_of(const std::string& text) {
  const BuiltProblem problem{text};
  const Generator generator = problem->generator(0);
  return axis_moments(steady_state(generator, 1, {}).density, 0).variance;
}

}  // namespace

TEST_CASE("form: steady states of Ito, Stratonovich and Fick", "[form]") {
  // w = D^-c exp(int b/D) = D^-(2+c): variance 4/3 for c = 1, 4 for c = 0, and 2 between.
  const double tail = 32 / (std::acos(-1.0) * 1e5);
  for (const auto& [form, variance, lost] :
       {std::tuple{"ito", 4.0 / 3, 0.0}, {"stratonovich", 2.0, 1e-8}, {"fick", 4.0, tail}}) {
    std::vector<double> spacings, errors;
    for (int cells = 400; cells <= 1600; cells *= 2) {
      spacings.push_back(1.0 / cells);
      errors.push_back(std::abs(variance_of(heavy_tailed(form, cells)) - (variance - lost)));
    }
    INFO(form << " " << errors.back());
    CHECK(errors.back() <= 0.002 * variance);
    CHECK(slope(spacings, errors) > 1.8);
  }
}

TEST_CASE("form: control, the wrong form misses by far", "[form]") {
  const double ito = variance_of(heavy_tailed("ito", 1600));
  const double fick = variance_of(heavy_tailed("fick", 1600));
  CHECK(std::abs(ito - 4) > 10 * 0.002 * 4);
  CHECK(std::abs(fick - 4.0 / 3) > 10 * 0.002 * 4);
}

TEST_CASE("form: the variance of Ito moves as it should", "[form]") {
  // E X^2 (t) = 4/3 - 5/6 e^-1.5t from a variance of 1/2, against 4 - 3.5 e^-t/2 for Fick.
  const auto variance_at = [](const std::string& form, double time) {
    const BuiltProblem problem{
        fmt::format("[problem]\nkind = fokker_planck\ndrift = -x\ndiffusion = 1 + x^2/4\n"
                    "initial = normal(x, 0, sqrt(0.5))\n[scheme]\nform = {}\n[grid]\ncells = 1600\n"
                    "lower = -400\nupper = 400\nspacing = sinh\nstretch = 14\n",
                    form)};
    const Generator generator = problem->generator(0);
    Field m = masses_of(problem->initial(0));
    const auto propagator = make_propagator("sdirk2", generator, time / 200, {.method = "direct"});
    for (int n = 0; n < 200; ++n) propagator->advance(m, n);
    return axis_moments(densities_of(m), 0).variance;
  };
  const double exact_ito = 4.0 / 3 - 5.0 / 6 * std::exp(-1.5);
  const double exact_fick = 4 - 3.5 * std::exp(-0.5);
  CHECK(std::abs(variance_at("ito", 1) - exact_ito) <= 2e-3);
  CHECK(std::abs(variance_at("fick", 1) - exact_fick) <= 2e-2);
  // Control.
  CHECK(std::abs(variance_at("fick", 1) - exact_ito) > 0.1);
}

TEST_CASE("form: potential and force together keep the temperature", "[form]") {
  // Half of the pull -x from a potential, half from a force: variance D / 1, D counted once. The
  // cell's h^2 / 12 is Sheppard's correction, taken off already, so the error is of order h^2.
  for (const double d : {0.3, 1.0}) {
    const double variance = variance_of(fmt::format(
        "[problem]\nkind = fokker_planck\npotential = x^2/4\ndrift = -x/2\ndiffusion = {}\n"
        "initial = 1\n[grid]\ncells = 800\nlower = -8\nupper = 8\n",
        d));
    CHECK(std::abs(variance - d) <= 0.02 * 0.02);
    // Control: a diffusion counted twice.
    CHECK(std::abs(variance - 2 * d) > 0.1);
  }
}
