#include "problems/osmosis.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/noise.hpp"
#include "solvers/eigenmodes.hpp"
#include "solvers/functionals.hpp"
#include "solvers/implicit_euler.hpp"
#include "solvers/steady_state.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

struct Case {
  std::string name;
  double h;
};

const std::vector<Case> reference_cases{
    {"h1", 1}, {"h_0.125", 0.125}, {"swapped_h1", 1}, {"signed_v_plus_offset_2", 1}};

const Json& child(const Json& json, const std::string& name) {
  return json.get_child(Json::path_type{name, '/'});
}

struct Osmosis8 {
  explicit Osmosis8(const std::string& name, double h)
      : json{reference("osmosis8.json")},
        data{child(json, name)},
        grid{{{8, 0, 8 * h}}},
        f{from_natural(grid, numbers(child(data, "f")))},
        v{from_natural(grid, numbers(child(data, "v")))},
        rates{osmosis_rates(v, flux_weight("central"))} {}

  Generator reversible() const {
    return Generator{rates, transformed(v, [](double x) { return std::log(x); })};
  }

  Json json;
  const Json& data;
  Grid grid;
  Field f, v;
  JumpRates rates;
};

SolverOptions exact_solver(const std::string& method) {
  return {.method = method, .tolerance = 1e-14};
}

}  // namespace

TEST_CASE("osmosis: operator entries are those of the reference", "[osmosis]") {
  auto cases = reference_cases;
  cases.push_back({"negative_control_signed_v", 1});
  for (const auto& [name, h] : cases) {
    const Osmosis8 osmosis{name, h};
    const Generator generator{osmosis.rates};
    const Dense a = dense(generator.forward(), osmosis.grid);
    std::size_t i = 0;
    for (const auto& row : child(osmosis.data, "A")) {
      INFO(name << ", row " << i);
      CHECK(largest_difference(a[i++], numbers(row.second)) <= 1e-12 / (h * h));
    }
  }
}

TEST_CASE("osmosis: implicit Euler iterates and L are those of the reference", "[osmosis]") {
  for (const std::string method : {"bicgstab_ilu", "cg_icc", "amg", "direct"}) {
    for (const auto& [name, h] : reference_cases) {
      const Osmosis8 osmosis{name, h};
      const Generator generator = osmosis.reversible();
      const SteadyState w = closed_form(generator, mass(osmosis.f));
      CHECK(largest_difference(everywhere(w.density), numbers(child(osmosis.data, "w"))) <= 1e-13);
      ImplicitEuler euler{generator, 1, exact_solver(method)};
      Field u = osmosis.f;
      int step = 0;
      for (const auto& [key, entry] : child(osmosis.data, "implicit_euler_tau1")) {
        for (; step < entry.get<int>("k"); ++step) euler.advance(u, 0);
        INFO(method << ", " << name << ", step " << step);
        CHECK(largest_difference(everywhere(u), numbers(child(entry, "u"))) <= 1e-12);
        CHECK(std::abs(lyapunov(u, w.log_density) - entry.get<double>("L")) <= 1e-12);
      }
    }
  }
}

TEST_CASE("osmosis: implicit Euler tends to the exact solution with order 1", "[osmosis]") {
  const Osmosis8 osmosis{"h1", 1};
  const Generator generator = osmosis.reversible();
  std::vector<double> exact;
  double end = 0;
  for (const auto& [key, entry] : child(osmosis.data, "exact")) {
    if (entry.get<double>("t") != 1) continue;
    end = 1;
    exact = numbers(child(entry, "u"));
  }
  REQUIRE(end == 1);
  std::vector<double> steps, errors;
  for (int n = 64; n <= 1024; n *= 2) {
    ImplicitEuler euler{generator, end / n, exact_solver("direct")};
    Field u = osmosis.f;
    for (int i = 0; i < n; ++i) euler.advance(u, 0);
    steps.push_back(end / n);
    errors.push_back(largest_difference(everywhere(u), exact));
  }
  CHECK(slope(steps, errors) == Approx(1).margin(0.02));
}

TEST_CASE("osmosis: functionals and spectrum are those of the reference", "[osmosis]") {
  for (const auto& [name, h] : reference_cases) {
    const Osmosis8 osmosis{name, h};
    const Generator generator = osmosis.reversible();
    const SteadyState w = closed_form(generator, mass(osmosis.f));
    CHECK(mass(osmosis.f) == Approx(osmosis.data.get<double>("mass")).epsilon(1e-14));
    const Json& start = child(osmosis.data, "exact").front().second;
    CHECK(lyapunov(osmosis.f, w.log_density) == Approx(start.get<double>("L")).epsilon(1e-13));
    CHECK(chi_square(osmosis.f, w.log_density) == Approx(start.get<double>("chi2")).epsilon(1e-13));
    CHECK(spectral_gap(generator) ==
          Approx(osmosis.data.get<double>("spectral_gap")).epsilon(1e-9));
  }
}

TEST_CASE("osmosis: in two dimensions against the dense matrix exponential", "[osmosis]") {
  const Grid grid{{{9, 0, 9}, {7, 0, 7}}};
  const auto noise = [&](std::uint32_t stream) {
    return fill(grid, [&](const Index& cell) {
      const NoiseKey key{.seed = 3, .stream = stream};
      return 5 + standard_normal(key, static_cast<std::uint64_t>(grid.natural(cell)));
    });
  };
  const Field v = noise(0), f = noise(1);
  const Generator generator{osmosis_rates(v, flux_weight("central")),
                            transformed(v, [](double x) { return std::log(x); })};
  Dense a = dense(generator.forward(), grid);
  const double end = 2;
  for (auto& row : a) {
    for (double& value : row) value *= end;
  }
  const auto exact = times(exponential(a), everywhere(f));
  std::vector<double> steps, errors;
  for (int n = 32; n <= 512; n *= 4) {
    ImplicitEuler euler{generator, end / n, exact_solver("cg_icc")};
    Field u = f;
    for (int i = 0; i < n; ++i) euler.advance(u, 0);
    steps.push_back(end / n);
    errors.push_back(largest_difference(everywhere(u), exact));
  }
  CHECK(slope(steps, errors) == Approx(1).margin(0.02));
  CHECK(errors.back() < 3e-3);
}

TEST_CASE("osmosis: balanced fluxes keep the guidance, upwind does not", "[osmosis]") {
  const Osmosis8 osmosis{"h1", 1};
  for (const auto& flux : flux_weights()) {
    const Generator generator{osmosis_rates(osmosis.v, flux)};
    const double defect = stationarity_defect(generator, osmosis.v);
    INFO(flux.name);
    if (flux.weight == upwind) {
      CHECK(defect > 1e-3);
    } else {
      CHECK(defect <= 1e-15);
    }
  }
}

TEST_CASE("osmosis: a guidance that changes sign loses positivity and stability", "[osmosis]") {
  const Osmosis8 osmosis{"negative_control_signed_v", 1};
  const Generator generator{osmosis.rates};
  CHECK_FALSE(generator.is_markov());
  ImplicitEuler euler{generator, 1, exact_solver("direct")};
  Field u = osmosis.f;
  int step = 0;
  for (const auto& [key, entry] : child(osmosis.data, "implicit_euler_tau1")) {
    for (; step < entry.get<int>("k"); ++step) euler.advance(u, 0);
    const auto expected = numbers(child(entry, "u"));
    CHECK(largest_difference(everywhere(u), expected) <= 1e-9 * std::abs(expected[1]));
    CHECK(least(u) < -0.1);
  }
}

TEST_CASE("osmosis: implicit Euler is positive and monotone for every step", "[osmosis]") {
  const Osmosis8 osmosis{"h1", 1};
  const Generator generator = osmosis.reversible();
  const SteadyState w = closed_form(generator, mass(osmosis.f));
  for (double tau = 1e-3; tau < 1e10; tau *= 10) {
    ImplicitEuler euler{generator, tau, exact_solver("direct")};
    Field u = osmosis.f;
    euler.advance(u, 0);
    INFO("step " << tau);
    CHECK(least(u) > 0);
    CHECK(std::abs(mass(u) / mass(osmosis.f) - 1) <= 1e-14);
    CHECK(lyapunov(u, w.log_density) > lyapunov(osmosis.f, w.log_density));
  }
}
