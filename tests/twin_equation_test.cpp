/// The Ornstein-Uhlenbeck process as osmosis towards the Gaussian.

#include "studies/operators/twin_equation.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/negative_rates.hpp"
#include "problems/osmosis.hpp"
#include "solvers/eigenmodes.hpp"
#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"
#include "solvers/steady_state.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const std::string mixture =
    "[problem]\nkind = ornstein_uhlenbeck\nweights = 0.3, 0.45, 0.25\nmeans = -1, 0.2, 1.3\n"
    "sds = 0.2, 0.15, 0.3\n[grid]\ncells = 160\nlower = -8\nupper = 8\n";

const Parameters no_parameters;

Field at(const Problem& problem, const Generator& generator, double time) {
  Field masses = masses_of(problem.initial(0));
  make_propagator("uniformization", generator, time, {})->advance(masses, 0);
  return densities_of(masses);
}

const Generator& of(const TwinEquation& twin, bool osmosis) {
  return osmosis ? twin.osmosis() : twin.scharfetter_gummel();
}

}  // namespace

TEST_CASE("twin_equation: entropy and KL tend to the reference with order 2", "[twin_equation]") {
  const Json populations = reference("ou_continuous.json").get_child("populations");
  for (const auto& [key, entry] : populations.get_child("mixture")) {
    const double time = entry.get<double>("t");
    if (time != 0.25 && time != 1.0) continue;
    for (const bool osmosis : {true, false}) {
      std::vector<double> entropies, divergences;
      for (const int refinement : {1, 2, 4}) {
        const BuiltProblem problem{mixture, static_cast<double>(refinement)};
        const TwinEquation twin{*problem, no_parameters};
        const Field u = at(*problem, of(twin, osmosis), time);
        entropies.push_back(differential_entropy(u));
        const Field log_w = transformed(twin.stationary(), [](double v) { return std::log(v); });
        divergences.push_back(relative_entropy(u, log_w));
      }
      const double h = entry.get<double>("H"), kl = entry.get<double>("KL_to_N01");
      INFO("t = " << time << (osmosis ? ", osmosis" : ", Scharfetter-Gummel"));
      CHECK(std::log2((entropies[1] - h) / (entropies[2] - h)) == Approx(2).margin(0.1));
      CHECK(std::log2((divergences[1] - kl) / (divergences[2] - kl)) == Approx(2).margin(0.1));
      // What Richardson's extrapolation leaves is of order 4.
      const double left = std::abs(richardson(entropies, {2, 4}) - h);
      CHECK(left <= 1e-3 * std::abs(entropies[2] - h));
    }
  }
}

TEST_CASE("twin_equation: both keep the values of the Gaussian, and their gaps are as predicted",
          "[twin_equation]") {
  for (const double refinement : {1.0, 2.0}) {
    const BuiltProblem problem{mixture, refinement};
    const TwinEquation twin{*problem, no_parameters};
    const double h2 = twin.width() * twin.width();
    CHECK(twin.theta() == 1);
    CHECK(mass(twin.stationary()) == Approx(1).epsilon(1e-14));
    for (const bool osmosis : {true, false}) {
      CHECK(stationarity_defect(of(twin, osmosis), twin.stationary()) <= 1e-15);
      const double predicted = h2 / (osmosis ? 4 : 6);
      CHECK(1 - spectral_gap(of(twin, osmosis)) == Approx(predicted).epsilon(h2));
    }
  }
}

TEST_CASE("twin_equation: centred drift is positive on fine cells only", "[twin_equation]") {
  const BuiltProblem problem{mixture};
  const TwinEquation twin{*problem, no_parameters};
  CHECK(negative_rates(centred_rates(twin.grid(), 1)).count == 0);
  const Grid wide = wide_cells(twin.grid(), 1);
  const double h = wide.axis(0).width(0);
  // By hand: each face with h |x| > 2 has one rate (1 - h |x| / 2) / h^2.
  int count = 0;
  double least = 1;
  for (int i = 1; i < wide.axis(0).cells; ++i) {
    const double rate = (1 - h * std::abs(wide.axis(0).face(i)) / 2) / (h * h);
    if (rate < 0) ++count;
    least = std::min(least, rate);
  }
  const NegativeRates found = negative_rates(centred_rates(wide, 1));
  CHECK(count > 0);
  CHECK(found.count == count);
  CHECK(found.least == Approx(least).epsilon(1e-12));
  const Field gamma = fill(
      wide, [&](const Index& cell) { return std::exp(-std::pow(wide.centre(cell)[0], 2) / 2); });
  CHECK(negative_rates(osmosis_rates(gamma, flux_weight("central"))).least > 0);
}
