#include <catch2/catch.hpp>
#include <cmath>
#include <stdexcept>

#include "tests/process_support.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

/// What an independent quadrature adds to round-off: the laws' own quadratures are good to 1e-12.
constexpr double quadrature = 4e-12;

double plogp(double p, double q) {
  return p > 0 && q > 0 ? p * std::log(p / q) : 0;
}

/// The populations of the reference files.
std::string population(const std::string& name) {
  if (name == "mixture") return line_cases()[0].problem;
  if (name == "uniform_m1_1") {
    return "population = uniform\npopulation_lower = -1\npopulation_upper = 1\n";
  }
  if (name == "uniform_0_1") {
    return "population = uniform\npopulation_lower = 0\npopulation_upper = 1\n";
  }
  if (name == "normal_var4") return "means = 0\nsds = 2\n";
  if (name == "wide_bimodal") return "means = -2, 2\nsds = 0.1\n";
  throw std::invalid_argument("no population " + name);
}

void check_reference(const Process& process, const Json& entry) {
  const double time = entry.get<double>("t_ou");
  const auto law = process.law(time);
  INFO("t = " << time);
  CHECK(law->moments().mean[0] == Approx(entry.get<double>("mean")).epsilon(1e-14).margin(1e-15));
  CHECK(law->moments().covariance[0][0] == Approx(entry.get<double>("var")).epsilon(1e-14));
  CHECK(law->entropy().value() == Approx(entry.get<double>("H")).epsilon(1e-12));
  CHECK(*process.relative_entropy(time) ==
        Approx(entry.get<double>("KL_to_N01")).epsilon(1e-11).margin(1e-14));
}

}  // namespace

TEST_CASE("process: mass, moments and entropy by another quadrature", "[process_law]") {
  for (const auto& [kind, problem] : line_cases()) {
    const auto process = test::process(kind, problem);
    for (const double time : {0.0, 0.3, 2.0}) {
      INFO(kind << " " << problem << "t = " << time);
      const auto law = process->law(time);
      const auto p = [&](double x) { return law->density({x, 0, 0}); };
      const Moments m = law->moments();
      CHECK(line_integral(*process, p) == Approx(1).epsilon(quadrature));
      const double mean = line_integral(*process, [&](double x) { return x * p(x); });
      CHECK(m.mean[0] == Approx(mean).epsilon(quadrature).margin(quadrature));
      const double variance =
          line_integral(*process, [&](double x) { return (x - mean) * (x - mean) * p(x); });
      CHECK(m.covariance[0][0] == Approx(variance).epsilon(10 * quadrature));
      CHECK(law->entropy().value() ==
            Approx(-line_integral(*process, [&](double x) { return plogp(p(x), 1); }))
                .epsilon(quadrature)
                .margin(quadrature));
    }
  }
}

TEST_CASE("process: stationary laws and the distance to them", "[process_law]") {
  for (const auto& [kind, problem] : line_cases()) {
    const auto process = test::process(kind, problem);
    const auto stationary = process->stationary();
    CHECK((stationary == nullptr) == (kind == "brownian" || kind == "geometric_brownian_motion"));
    if (!stationary) continue;
    INFO(kind << " " << problem);
    const auto q = [&](double x) { return stationary->density({x, 0, 0}); };
    CHECK(line_integral(*process, q) == Approx(1).epsilon(quadrature));
    CHECK(stationary->entropy().value() ==
          Approx(-line_integral(*process, [&](double x) { return plogp(q(x), 1); }))
              .epsilon(quadrature)
              .margin(quadrature));
    double last = Region::infinity;
    for (const double time : {0.0, 0.3, 2.0}) {
      const auto law = process->law(time);
      const double kl = line_integral(*process, [&](double x) {
        return plogp(law->density({x, 0, 0}), q(x));
      });
      CHECK(process->relative_entropy(time).value() ==
            Approx(kl).epsilon(quadrature).margin(quadrature));
      CHECK(process->relative_entropy(time).value() < last);
      last = process->relative_entropy(time).value();
    }
    // What is left of the start has decayed by exp(-40), far below round-off.
    const auto late = process->law(60);
    for (const double x : {0.1, 0.3, 0.6}) {
      CHECK(late->density({x, 0, 0}) == Approx(q(x)).epsilon(1e-12));
    }
    CHECK(process->relative_entropy(60).value() < 1e-20);
  }
}

TEST_CASE("process: cells and what is outside them have the mass 1", "[process_law]") {
  for (const auto& [kind, problem] : line_cases()) {
    const auto process = test::process(kind, problem);
    const bool bounded = process->support().upper[0] == 1;
    const Axis axis{57,
                    bounded                            ? 0.05
                    : process->support().lower[0] == 0 ? 0.1
                                                       : -2.3,
                    bounded ? 0.85 : 3.1};
    const auto law = process->law(0.2);
    double sum = 0;
    for (int i = 0; i < axis.cells; ++i) {
      const Region cell{.lower = {axis.face(i), 0, 0}, .upper = {axis.face(i + 1), 0, 0}};
      const double mass = law->probability(cell);
      CHECK(mass >= 0);
      // Simpson's rule on 40 pieces a cell.
      double simpson = 0;
      for (int k = 0; k <= 80; ++k) {
        const double x = axis.face(i) + k * axis.width(0) / 80;
        simpson += (k == 0 || k == 80 ? 1 : 2 + 2 * (k % 2)) * law->density({x, 0, 0});
      }
      CHECK(mass == Approx(simpson * axis.width(0) / 240).epsilon(1e-7).margin(1e-13));
      sum += mass;
    }
    INFO(kind << " " << problem);
    const Region box{.lower = {axis.lower, 0, 0}, .upper = {axis.upper, 0, 0}};
    CHECK(sum + law->mass_outside(box) == Approx(1).epsilon(1e-13));
    CHECK(law->probability(box) == Approx(sum).epsilon(1e-13));
    CHECK(law->mass_outside(process->support()) == 0);
  }
}

TEST_CASE("process: Ornstein-Uhlenbeck against the references", "[process_law]") {
  const Json continuous = reference("ou_continuous.json");
  for (const auto& [name, entries] : continuous.get_child("populations")) {
    const auto process = test::process("ornstein_uhlenbeck", population(name));
    for (const auto& [key, entry] : entries) check_reference(*process, entry);
  }
  const Json discrete = reference("vp_chain.json");
  for (const auto& [schedule, populations] : discrete.get_child("chains")) {
    for (const auto& [name, entries] : populations) {
      const auto process = test::process("ornstein_uhlenbeck", population(name));
      for (const auto& [key, entry] : entries) check_reference(*process, entry);
    }
  }
}

TEST_CASE("process: Brownian motion against the reference", "[process_law]") {
  const Json json = reference("ve_process.json");
  for (const auto& [name, entries] : json.get_child("populations")) {
    const bool points = name == "twopoint_pm1";
    const auto process =
        test::process("brownian", points ? "population = points\nmeans = -1, 1\nstart = 1e-300\n"
                                         : population(name));
    for (const auto& [key, entry] : entries.get_child("posterior")) {
      const auto law = process->law(entry.get<double>("t"));
      const double z = entry.get<double>("z"), p = entry.get<double>("p");
      INFO(name << ", z = " << z << ", t = " << entry.get<double>("t"));
      // An error epsilon of the exponent's argument is one of the value times the exponent.
      CHECK(law->density({z, 0, 0}) == Approx(p).epsilon(1e-15 * (4 - std::log(p))));
      CHECK(law->log_density({z, 0, 0}) == Approx(std::log(p)).epsilon(1e-13).margin(1e-14));
    }
    for (const auto& [key, entry] : entries.get_child("mmse_I")) {
      CHECK(process->law(entry.get<double>("t0"))->entropy().value() ==
            Approx(entry.get<double>("H_z")).epsilon(1e-12));
    }
  }
}

TEST_CASE("process: tails keep their relative accuracy", "[process_law]") {
  // From mpmath with 50 digits; the bound is z^2 epsilon of the exponential's argument.
  const auto beyond = [](const Process& process, double lower, double upper, double time = 0) {
    return process.mass_outside({.lower = {lower, 0, 0}, .upper = {upper, 0, 0}}, time);
  };
  const double inf = Region::infinity;
  const auto normal = process("brownian", "means = 0\nsds = 1\n");
  for (const auto& [z, tail] : {std::pair{5.0, 2.8665157187919391167e-7},
                                {10.0, 7.619853024160526066e-24},
                                {20.0, 2.7536241186062336951e-89},
                                {37.0, 5.7255712225245768227e-300}}) {
    CHECK(beyond(*normal, -inf, z) == Approx(tail).epsilon(z * z * 4e-16));
    CHECK(beyond(*normal, -z, z) == Approx(2 * tail).epsilon(z * z * 4e-16));
    // Control: what a difference from 1 would leave.
    if (z > 9) CHECK(1 - normal->law(0)->probability({.upper = {z, 0, 0}}) == 0);
  }
  const auto blurred =
      process("brownian", "population = uniform\npopulation_lower = -1\npopulation_upper = 1\n");
  for (const auto& [x, tail] : {std::pair{3.0, 1.7863146080825410337e-6},
                                {6.0, 1.8686400636473320091e-25},
                                {11.0, 3.4250312368239498579e-91},
                                {16.0, 4.0798918352285029734e-200}}) {
    CHECK(beyond(*blurred, -inf, x, 0.25) == Approx(tail).epsilon(4 * x * x * 4e-16));
    CHECK(beyond(*blurred, -x, inf, 0.25) == Approx(tail).epsilon(4 * x * x * 4e-16));
  }
  CHECK(blurred->law(0.25)->density({6, 0, 0}) == Approx(3.809926512080263033e-24).epsilon(1e-13));
  const auto narrow = process("brownian",
                              "population = uniform\npopulation_lower = -1e-6\n"
                              "population_upper = 2e-6\n");
  CHECK(narrow->law(1)->density({4, 0, 0}) == Approx(0.00013383049342634060969).epsilon(1e-14));
  CHECK(beyond(*narrow, -inf, 4, 1) == Approx(0.000031671308748500464566).epsilon(1e-14));
  CHECK(beyond(*narrow, -inf, 20, 1) == Approx(2.7536517239001439194e-89).epsilon(2e-13));
  const auto cir = process("cir", "");
  CHECK(beyond(*cir, 0.2, inf, 0.4) == Approx(0.000021593047512845423286).epsilon(1e-12));
  CHECK(beyond(*cir, 0, 8, 0.4) == Approx(5.1543525812340959592e-14).epsilon(1e-12));
  const auto growth = process("geometric_brownian_motion", "");
  CHECK(beyond(*growth, 0.01, inf, 1) == Approx(2.5794110629407942494e-19).epsilon(1e-13));
  CHECK(beyond(*growth, 0, 200, 1) == Approx(6.4213791163884040468e-19).epsilon(1e-13));
}
