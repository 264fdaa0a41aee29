#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/noise.hpp"
#include "solvers/dissipation.hpp"
#include "solvers/eigenmodes.hpp"
#include "solvers/functionals.hpp"
#include "solvers/implicit_euler.hpp"
#include "solvers/reversal.hpp"
#include "solvers/steady_state.hpp"
#include "studies/flow/decay_fit.hpp"
#include "studies/flow/entropy_flow.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const SolverOptions exactly{.method = "direct"};

struct Named {
  std::string name;
  std::unique_ptr<PhiEntropy> entropy;
};

/// All of them, Renyi's for several orders.
std::vector<Named> all_entropies() {
  std::vector<Named> all;
  for (const auto& entry : phi_entropies()) {
    if (entry.name == "renyi") continue;
    all.push_back({std::string{entry.name}, entry.make(2)});
  }
  for (const double order : {0.3, 0.5, 0.999999, 1.0, 1.5, 2.0, 3.0}) {
    all.push_back({"renyi " + std::to_string(order), phi_entropy("renyi").make(order)});
  }
  return all;
}

/// A number in (0, 1) or so, spread over a factor of e^spread, that depends on the cell alone.
double random_positive(const Grid& grid, const Index& cell, std::uint32_t stream, double spread) {
  const auto number = static_cast<std::uint64_t>(grid.natural(grid.wrapped(cell)));
  return std::exp(spread * standard_normal({.seed = 11, .stream = stream}, number));
}

Field random_density(const Grid& grid, std::uint32_t stream, double spread) {
  Field density =
      fill(grid, [&](const Index& cell) { return random_positive(grid, cell, stream, spread); });
  check(VecScale(density.vector(), 1 / mass(density)));
  return density;
}

std::vector<double> random_faces(int cells, std::uint32_t stream) {
  std::vector<double> faces{0};
  for (int i = 0; i < cells; ++i) {
    faces.push_back(faces.back() + std::exp(0.5 * standard_normal({.seed = 3, .stream = stream},
                                                                  static_cast<std::uint64_t>(i))));
  }
  return faces;
}

Grid random_grid(int dimension, Boundary boundary) {
  const std::array cells{9, 8, 6};
  std::vector<Axis> axes;
  for (int a = 0; a < dimension; ++a) {
    const auto axis = static_cast<std::size_t>(a);
    axes.push_back(
        Axis::with_faces(random_faces(cells[axis], static_cast<std::uint32_t>(a)), boundary));
  }
  return Grid{axes};
}

/// Along the axes, and in two dimensions along the diagonals too, as tensors need them.
std::vector<Index> steps_of(int dimension) {
  if (dimension == 1) return {{1, 0, 0}};
  if (dimension == 2) return {{1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {1, -1, 0}};
  return {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
}

/// Rates without any balance.
JumpRates random_rates(const Grid& grid) {
  JumpRates rates{grid, steps_of(grid.dimension())};
  set_crossings(rates, [&](const Index& k, const Index&, int family) {
    const auto stream = static_cast<std::uint32_t>(100 + 2 * family);
    return Crossing{random_positive(grid, k, stream, 1), random_positive(grid, k, stream + 1, 1)};
  });
  return rates;
}

/// Rates in balance with a random weight.
Generator balanced_generator(const Grid& grid) {
  const Field log_weight =
      transformed(random_density(grid, 50, 1.5), [](double x) { return std::log(x); });
  const Ghosted log_pi{log_weight};
  JumpRates rates = random_rates(grid);
  set_crossings(rates, [&](const Index& k, const Index& l, int family) {
    const double c = random_positive(grid, k, static_cast<std::uint32_t>(200 + family), 1);
    return Crossing{c * std::exp((log_pi[l] - log_pi[k]) / 2),
                    c * std::exp((log_pi[k] - log_pi[l]) / 2)};
  });
  return Generator{std::move(rates), log_weight};
}

Field logarithm(const Field& field) {
  return transformed(field, [](double x) { return std::log(x); });
}

/// u and w before and after a step of implicit Euler; w moves, too, and stays if it is stationary.
struct Step {
  Step(const Generator& generator, double tau, Field first, Field second)
      : u{std::move(first)}, w{std::move(second)}, new_u{u}, new_w{w} {
    for (Field* density : {&new_u, &new_w}) {
      const auto euler = make_propagator("implicit_euler", generator, tau, exactly);
      Field masses = masses_of(*density);
      euler->advance(masses, 0);
      *density = densities_of(std::move(masses));
    }
  }
  Field u, w, new_u, new_w;
};

/// |D - D' - loss| / D of one step.
double defect(const Generator& generator, double tau, const Step& step, const PhiEntropy& entropy) {
  const Field log_w = logarithm(step.w), new_log_w = logarithm(step.new_w);
  const Beside after{step.new_u, new_log_w};
  const EulerStep identity{generator, tau, step.u, log_w, step.new_u, new_log_w, after};
  const auto loss = identity.loss(entropy);
  const double before = divergence(entropy, step.u, log_w);
  const double now = divergence(entropy, step.new_u, new_log_w);
  return std::abs(before - now - tau * loss.production - loss.in_time) / before;
}

/// sum over jumps K -> L of g_K k_KL d(x_K|x_L) from the dense matrix, or with the arguments of d
/// swapped.
double dense_production(const PhiEntropy& entropy, const Generator& generator, const Field& u,
                        const Field& w, bool swapped) {
  const Dense a = dense(generator.forward(), generator.grid());
  const auto f = everywhere(masses_of(u)), g = everywhere(masses_of(w));
  double total = 0;
  for (std::size_t k = 0; k < f.size(); ++k) {
    for (std::size_t l = 0; l < f.size(); ++l) {
      if (k == l) continue;
      const double from = f[k] / g[k], to = f[l] / g[l];
      const double d = swapped ? entropy.distance(std::log(to), 0, std::log(from))
                               : entropy.distance(std::log(from), 0, std::log(to));
      total += g[k] * a[l][k] * d;
    }
  }
  return total;
}

Field stationary(const Generator& generator) {
  return steady_state(generator, 1, exactly).density;
}

}  // namespace

TEST_CASE("phi-entropies: what they are, slopes and Bregman distances", "[lyapunov]") {
  const auto power = [](double a, double x) {
    return (std::pow(x, a) - a * x + a - 1) / (a * (a - 1));
  };
  const std::map<std::string, std::function<double(double)>> phi{
      {"relative_entropy", [](double x) { return x * std::log(x) - x + 1; }},
      {"reverse_relative_entropy", [](double x) { return x - 1 - std::log(x); }},
      {"chi_square", [](double x) { return (x - 1) * (x - 1); }},
      {"reverse_chi_square", [](double x) { return (x - 1) * (x - 1) / x; }},
      {"hellinger", [](double x) { return std::pow(std::sqrt(x) - 1, 2) / 2; }},
      {"total_variation", [](double x) { return std::abs(x - 1) / 2; }},
      {"renyi 0.300000", [&](double x) { return power(0.3, x); }},
      {"renyi 1.500000", [&](double x) { return power(1.5, x); }},
      {"renyi 3.000000", [&](double x) { return power(3, x); }}};
  const std::vector<double> points{1e-3, 0.4, 0.91, 0.97, 1.04, 1.09, 1.2, 3, 50};
  for (const auto& [name, entropy] : all_entropies()) {
    INFO(name);
    CHECK(entropy->phi(1) == 0);
    const auto known = phi.find(name);
    for (const double x : points) {
      const double value = entropy->phi(x), slope = entropy->slope(std::log(x));
      if (known != phi.end()) CHECK(value == Approx(known->second(x)).epsilon(1e-12));
      CHECK(entropy->intercept(std::log(x)) == Approx(value - x * slope).epsilon(1e-12));
      const double e = 1e-5 * x;
      const double difference = (entropy->phi(x + e) - entropy->phi(x - e)) / (2 * e);
      CHECK(slope == Approx(difference).epsilon(1e-6));
      for (const double y : points) {
        const double size = std::abs(entropy->phi(y)) + value + std::abs(slope * (y - x)) + 1e-3;
        const double d = entropy->distance(std::log(3 * y), std::log(3.0), std::log(x)) / 3;
        CHECK(d >= 0);
        CHECK(std::abs(d - (entropy->phi(y) - value - slope * (y - x))) <= 1e-13 * size);
      }
    }
  }
}

TEST_CASE("phi-entropies: small differences keep their digits", "[lyapunov]") {
  // phi(1 + e) = phi''(1) e^2 / 2 (1 + O(e)), where phi itself has lost all of them.
  const double e = 1e-9;
  for (const auto& [name, entropy] : all_entropies()) {
    if (name == "total_variation") continue;
    const double curvature = entropy->phi(1.001) / (0.001 * 0.001 / 2);
    INFO(name);
    CHECK(entropy->distance(std::log1p(e), 0, 0) == Approx(curvature * e * e / 2).epsilon(0.002));
  }
}

TEST_CASE("phi-entropies: nothing over- or underflows but what is infinite", "[lyapunov]") {
  const auto make = [](const std::string& name, double order = 2) {
    return phi_entropy(name).make(order);
  };
  // w = e^-1000 cannot be formed; u ln(u/w) can.
  CHECK(make("relative_entropy")->term(1e-10, -1000) ==
        Approx(1e-10 * (std::log(1e-10) + 1000 - 1)));
  CHECK(make("hellinger")->term(1e-10, -1000) == Approx(0.5e-10));
  CHECK(make("reverse_relative_entropy")->term(1e-10, -1000) == Approx(1e-10));
  CHECK(make("renyi", 4)->term(1e-100, std::log(1e-200)) == Approx(1e200 / 12));
  CHECK(make("chi_square")->term(1, -1000) == infinity);
  // What vanishes on one side, or on both.
  const double w = std::log(0.5);
  CHECK(make("relative_entropy")->term(0, w) == Approx(0.5));
  CHECK(make("hellinger")->term(0, w) == Approx(0.25));
  CHECK(make("chi_square")->term(0, w) == Approx(0.5));
  CHECK(make("total_variation")->term(0, w) == Approx(0.25));
  CHECK(make("reverse_relative_entropy")->term(0, w) == infinity);
  CHECK(make("reverse_chi_square")->term(0, w) == infinity);
  CHECK(make("relative_entropy")->term(0.5, -infinity) == infinity);
  CHECK(make("chi_square")->term(0.5, -infinity) == infinity);
  CHECK(make("hellinger")->term(0.5, -infinity) == Approx(0.25));
  CHECK(make("reverse_relative_entropy")->term(0.5, -infinity) == Approx(0.5));
  for (const auto& [name, entropy] : all_entropies()) {
    INFO(name);
    CHECK(entropy->term(0, -infinity) == 0);
    const bool of_signed =
        name == "chi_square" || name == "total_variation" || name == "renyi 2.000000";
    CHECK(std::isnan(entropy->term(-0.1, w)) == !of_signed);
  }
  CHECK(make("chi_square")->term(-0.5, w) == Approx(2));
  CHECK(make("total_variation")->term(-0.5, w) == Approx(0.5));
}

TEST_CASE("phi-entropies: those that functionals know, and Renyi's", "[lyapunov]") {
  const Grid grid = random_grid(2, Boundary::reflecting);
  const Field u = random_density(grid, 1, 1), w = random_density(grid, 2, 1);
  const Field log_w = logarithm(w);
  const auto value = [&](const std::string& name) {
    return divergence(*phi_entropy(name).make(2), u, log_w);
  };
  CHECK(value("relative_entropy") == Approx(relative_entropy(u, log_w)).epsilon(1e-12));
  CHECK(value("reverse_relative_entropy") ==
        Approx(relative_entropy(w, logarithm(u))).epsilon(1e-12));
  CHECK(value("total_variation") == Approx(l1_distance(u, w) / 2).epsilon(1e-12));
  CHECK(value("reverse_chi_square") == Approx(chi_square(w, logarithm(u))).epsilon(1e-12));
  const auto renyi = [&](double order) {
    const auto entropy = phi_entropy("renyi").make(order);
    return entropy->shown(divergence(*entropy, u, log_w), 1);
  };
  CHECK(renyi(2) == Approx(std::log1p(value("chi_square"))).epsilon(1e-12));
  CHECK(renyi(0.5) == Approx(-2 * std::log1p(-value("hellinger"))).epsilon(1e-12));
  CHECK(renyi(1) == Approx(value("relative_entropy")).epsilon(1e-12));
  CHECK(renyi(1 + 1e-9) == Approx(renyi(1)).epsilon(1e-7));
}

TEST_CASE("dissipation: the identity holds to 1e-12 for any rates", "[lyapunov]") {
  for (const auto boundary : {Boundary::reflecting, Boundary::periodic}) {
    for (int dimension = 1; dimension <= 3; ++dimension) {
      const Grid grid = random_grid(dimension, boundary);
      const Generator balanced = balanced_generator(grid), driven{random_rates(grid)};
      const Field u = random_density(grid, 1, 1.5), q = random_density(grid, 2, 1.5);
      for (const Generator* generator : {&balanced, &driven}) {
        const Field w = stationary(*generator);
        for (const double tau : {0.01, 1.0, 100.0}) {
          const Step to_steady{*generator, tau, u, w}, to_second{*generator, tau, u, q};
          for (const auto& [name, entropy] : all_entropies()) {
            INFO(name << ", tau = " << tau << ", " << dimension << "-D");
            CHECK(defect(*generator, tau, to_steady, *entropy) <= 1e-12);
            CHECK(defect(*generator, tau, to_second, *entropy) <= 1e-12);
          }
        }
      }
    }
  }
}

TEST_CASE("dissipation: killing and sources are jumps to and from a reservoir", "[lyapunov]") {
  const Grid grid = random_grid(2, Boundary::reflecting);
  JumpRates killed = random_rates(grid);
  killed.killing() = random_density(grid, 7, 1);
  JumpRates supplied = killed;
  supplied.source() = random_density(grid, 8, 1);
  const Generator loses{killed}, balances{supplied};
  const Field u = random_density(grid, 1, 1), q = random_density(grid, 2, 1);
  for (const Generator* generator : {&loses, &balances}) {
    const Step step{*generator, 0.5, u, q};
    for (const auto& [name, entropy] : all_entropies()) {
      INFO(name);
      CHECK(defect(*generator, 0.5, step, *entropy) <= 1e-12);
    }
  }
}

TEST_CASE("dissipation: control, the arguments of the distance in the wrong order", "[lyapunov]") {
  const Grid grid = random_grid(2, Boundary::reflecting);
  const Generator driven{random_rates(grid)};
  const double tau = 0.5;
  const Step step{driven, tau, random_density(grid, 1, 1), stationary(driven)};
  const Field log_w = logarithm(step.w), new_log_w = logarithm(step.new_w);
  const Beside after{step.new_u, new_log_w};
  for (const auto& [name, entropy] : all_entropies()) {
    const double ours = production(*entropy, driven, after);
    const double right = dense_production(*entropy, driven, step.new_u, step.new_w, false);
    const double swapped = dense_production(*entropy, driven, step.new_u, step.new_w, true);
    INFO(name);
    CHECK(ours == Approx(right).epsilon(1e-12));
    const double before = divergence(*entropy, step.u, log_w);
    // chi-square's distance is symmetric.
    const bool symmetric = name == "chi_square" || name == "renyi 2.000000";
    if (symmetric) CHECK(swapped == Approx(right).epsilon(1e-12));
    if (!symmetric) CHECK(tau * std::abs(swapped - ours) / before > 1e-11);
  }
}

TEST_CASE("dissipation: in balance, the faces' form of the production", "[lyapunov]") {
  const Grid grid = random_grid(2, Boundary::periodic);
  const Generator generator = balanced_generator(grid);
  const Field u = random_density(grid, 1, 1), w = stationary(generator);
  const Field log_w = logarithm(w);
  const Beside state{u, log_w};
  for (const auto& [name, entropy] : all_entropies()) {
    double faces = 0;
    for_each_face(generator.rates(), [&](const Index& k, const Index& l, const Crossing& c) {
      const double here = state.log_ratio(k), there = state.log_ratio(l);
      faces += grid.volume(k) * std::exp(state.log_w(k)) * c.forth *
               (std::exp(there) - std::exp(here)) * (entropy->slope(there) - entropy->slope(here));
    });
    INFO(name);
    CHECK(production(*entropy, generator, state) ==
          Approx(static_cast<double>(sum(grid.comm(), faces))).epsilon(1e-12));
  }
}
