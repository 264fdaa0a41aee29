/// The Markov chain on densities against reference values (34-digit arithmetic).

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/uniform.hpp"
#include "problems/noise_schedule.hpp"
#include "problems/process_problem.hpp"
#include "solvers/cell_draws.hpp"
#include "solvers/chain_kernel.hpp"
#include "solvers/functionals.hpp"
#include "solvers/marginals.hpp"
#include "solvers/phi_entropies.hpp"
#include "studies/chain/chain_walk.hpp"
#include "studies/chain/decay_law.hpp"
#include "studies/chain/halving_chain.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

struct Population {
  std::string name;
  std::string keys;
  int reach;           ///< of the box: also for the normal law with the same variance
  bool jumps = false;  ///< its density does, at faces of cells
};

const std::vector<Population> populations{
    {"mixture", "weights = 0.3, 0.45, 0.25\nmeans = -1, 0.2, 1.3\nsds = 0.2, 0.15, 0.3\n", 9},
    {"uniform_m1_1", "population = uniform\npopulation_lower = -1\npopulation_upper = 1\n", 9,
     true},
    {"normal_var4", "means = 0\nsds = 2\n", 17},
    {"wide_bimodal", "means = -2, 2\nsds = 0.1\n", 17},
};

BuiltProblem on_cells(const Population& population, int a_unit) {
  const std::string reach = std::to_string(population.reach);
  return BuiltProblem{"[problem]\nkind = ornstein_uhlenbeck\n" + population.keys +
                      "[grid]\ncells = " + std::to_string(2 * population.reach * a_unit) +
                      "\nlower = -" + reach + "\nupper = " + reach + "\n"};
}

NoiseSchedule schedule_of(const std::string& name) {
  std::vector<double> betas;
  for (int i = 0; i < 1000; ++i) {
    betas.push_back(name == "const_0.02" ? 0.02 : 1e-4 + i * (0.02 - 1e-4) / 999);
  }
  return NoiseSchedule{betas};
}

/// What cell means make of the entropies, minus what theory says that they do: h^2 J/24 and
/// -h^2 I/24. A density that jumps at faces has a variance h^2/6 too small on cells, of which a is
/// left: dp = -a h^2/12 p''.
struct Bias {
  double size = 0;  ///< of the prediction
  double rest = 0;
};

struct Biases {
  Bias entropy, to_normal, to_running;
  double l1 = 0;
  double reference_running = 0;
};

Biases biases(const BuiltProblem& problem, bool jumps, const Json& row, double log_survival) {
  const Grid& grid = problem->grid();
  const double h = grid.axis(0).width(0), a = std::exp(log_survival);
  const Field p = ChainKernel{grid, log_survival}.forward(problem->initial(0));
  const Field log_w = log_standard_normal(grid), log_q = log_normal_like(p);
  const auto kl = phi_entropy("relative_entropy").make(1);
  const double share = jumps ? a * h * h / 12 : 0;
  const double j = row.get<double>("fisher_J"), i = row.get<double>("rel_fisher_to_N01");
  const auto bias = [](double found, double exact, double predicted, double size) {
    return Bias{size, found - exact - predicted};
  };
  Biases all;
  all.entropy = bias(differential_entropy(p), row.get<double>("H"), (h * h / 24 - share) * j,
                     (h * h / 24 + share) * j);
  all.to_normal = bias(divergence(*kl, p, log_w), row.get<double>("KL_to_N01"),
                       share * (j - 1) - h * h / 24 * i, share * (j - 1) + h * h / 24 * i);
  const double i_running = relative_fisher_information(p, log_q);
  all.reference_running = row.get<double>("KL_to_running_gaussian");
  all.to_running = bias(divergence(*kl, p, log_q), all.reference_running, -h * h / 24 * i_running,
                        h * h / 24 * i_running);
  all.l1 = l1_distance(p, *problem->exact(0, -log_survival / 2));
  const Cumulants found = cumulants(p, 0);
  CHECK(found.mean == Approx(row.get<double>("mean")).margin(1e-14));
  CHECK(found.variance - h * h / 12 + 2 * share ==
        Approx(row.get<double>("var")).margin(1e-13).epsilon(1e-13));
  CHECK(mass(p) == Approx(1).epsilon(1e-14));
  return all;
}

const double round_off = 1e-13;

void check_order_four(const char* what, const Bias& coarse, const Bias& fine) {
  INFO(what << ": " << coarse.rest << " of " << coarse.size << ", " << fine.rest << " of "
            << fine.size);
  CHECK(std::abs(fine.rest) <= 0.05 * fine.size + 1e-24);
  if (std::abs(fine.rest) < round_off) return;
  CHECK(std::log2(coarse.rest / fine.rest) == Approx(4).margin(0.3));
}

}  // namespace

TEST_CASE("chain: jumps agree with 34-digit values to the predicted bias of cell means",
          "[chain]") {
  const Json json = reference("vp_chain.json");
  for (const std::string name : {"const_0.02", "linear_1e-4_0.02_1000"}) {
    const NoiseSchedule schedule = schedule_of(name);
    for (const auto& population : populations) {
      const BuiltProblem coarse = on_cells(population, 20), fine = on_cells(population, 40);
      int compared = 0;
      for (const auto& [key, row] : json.get_child("chains")
                                        .get_child(Json::path_type{name, '|'})
                                        .get_child(population.name)) {
        const int i = row.get<int>("i");
        const double log_survival = schedule.log_survival(i);
        CHECK(schedule.survival(i) == Approx(row.get<double>("alpha_bar")).epsilon(1e-13));
        if (i == 0 || !ChainKernel::resolves(coarse->grid(), log_survival)) continue;
        INFO(name << " " << population.name << " i = " << i);
        const Biases few = biases(coarse, population.jumps, row, log_survival);
        const Biases many = biases(fine, population.jumps, row, log_survival);
        check_order_four("entropy", few.entropy, many.entropy);
        check_order_four("KL to N(0, 1)", few.to_normal, many.to_normal);
        if (!population.jumps && many.reference_running > 1e-24) {
          check_order_four("KL to the running normal", few.to_running, many.to_running);
        }
        const double order = std::log2(few.l1 / many.l1);
        if (many.l1 > round_off) CHECK(order > (population.jumps ? 1.9 : 3.5));
        ++compared;
      }
      CHECK(compared >= 6);
    }
  }
}

TEST_CASE("chain: relative entropies down to 1e-24 keep two digits", "[chain]") {
  const Grid grid{{Axis{.cells = 480, .lower = -12, .upper = 12}}};
  const Field log_w = log_standard_normal(grid);
  const double variance = 1 + 0.05 * 0.05 / 12;
  const auto kl = phi_entropy("relative_entropy").make(1);
  for (const double e : {1e-4, 1e-6, 1e-9, 1e-12}) {
    // 1 + e He_3, orthogonal to all that is of lower degree: KL = 3! e^2 / 2.
    const Field p = fill(grid, [&](const Index& cell) {
      const double x = grid.centre(cell)[0] / std::sqrt(variance);
      return std::exp(log_w[cell]) * (1 + e * (x * x * x - 3 * x));
    });
    INFO(e);
    // Relative round-off of 4e-15 in each value, against e times a number of size 2.
    CHECK(divergence(*kl, p, log_w) == Approx(3 * e * e).epsilon(100 * e * e + 1e-14 / e));
  }
}

TEST_CASE("chain: what two steps make against one, where the noise is narrow", "[chain]") {
  const Grid grid{{Axis{.cells = 200, .lower = -8, .upper = 8}}};
  const double h = grid.axis(0).width(0);
  const Field p = fill(grid, [&](const Index& cell) { return cell[0] == 90 ? 1 / h : 0; });
  for (const double cells : {1.31, 1.5, 1.8}) {
    const double log_a = std::log1p(-cells * cells * h * h);
    const ChainKernel step{grid, log_a}, both{grid, 2 * log_a};
    const double defect = l1_distance(step.forward(step.forward(p)), both.forward(p));
    const double bound = composition_error(grid, log_a, log_a);
    INFO(cells << ": " << defect << " of " << bound);
    CHECK(defect <= bound + 1e-14);
    CHECK(defect >= bound / 20);
  }
}

TEST_CASE("chain: cumulants of a mixture, with Sheppard's corrections", "[chain]") {
  const BuiltProblem problem = on_cells(populations.front(), 20);
  const double h = 1.0 / 20;
  const std::array w{0.3, 0.45, 0.25}, m{-1.0, 0.2, 1.3}, s{0.2, 0.15, 0.3};
  double mean = 0, second = 0, third = 0, fourth = 0;
  for (std::size_t k = 0; k < 3; ++k) mean += w[k] * m[k];
  for (std::size_t k = 0; k < 3; ++k) {
    const double d = m[k] - mean, v = s[k] * s[k];
    second += w[k] * (d * d + v);
    third += w[k] * (d * d * d + 3 * d * v);
    fourth += w[k] * (d * d * d * d + 6 * d * d * v + 3 * v * v);
  }
  const Cumulants found = cumulants(problem->initial(0), 0);
  CHECK(found.mean == Approx(mean).margin(1e-14));
  CHECK(found.variance == Approx(second + h * h / 12).epsilon(1e-13));
  CHECK(found.third == Approx(third).epsilon(1e-12));
  CHECK(found.fourth == Approx(fourth - 3 * second * second - h * h * h * h / 120).epsilon(1e-12));
}

TEST_CASE("chain: laws of decay against what is known", "[chain]") {
  const BuiltProblem mixture = on_cells(populations[0], 20), bimodal = on_cells(populations[3], 20);
  const auto law = decay_to_running_normal(mixture->initial(0));
  REQUIRE(law);
  CHECK(law->power == 3);
  // 1.0581e-17 at abar = 4.10e-5 (vp_chain.json, const_0.02, i = 500), but for c a and h^2/4.
  const double a = std::exp(500 * std::log1p(-0.02));
  CHECK(law->prefactor * a * a * a == Approx(1.0581e-17).epsilon(1e-2));
  CHECK(decay_to_standard_normal(*law_at(*mixture, 0), mixture->initial(0))->power == 1);
  const auto symmetric = decay_to_standard_normal(*law_at(*bimodal, 0), bimodal->initial(0));
  CHECK(symmetric->power == 2);
  CHECK(symmetric->prefactor == Approx(3.01 * 3.01 / 4).epsilon(1e-12));
  const auto shape = decay_to_running_normal(bimodal->initial(0));
  CHECK(shape->power == 4);
  CHECK(shape->prefactor == Approx(32.0 * 32 / 48).epsilon(1e-6));  // kappa_4 of +-2 is -2 2^4
  const BuiltProblem normal = on_cells({"", "means = 0\nsds = 1\n", 9}, 20);
  CHECK(!decay_to_standard_normal(*law_at(*normal, 0), normal->initial(0)));
  CHECK(!decay_to_running_normal(normal->initial(0)));
  // A straight line is fitted exactly, whatever lies outside of the window.
  const PowerLaw line{.power = 2, .prefactor = 3, .correction = 1};
  const std::vector<double> at{1e-9, 1e-4, 1e-3, 5e-3, 0.5}, values{1, 3e-8, 3e-6, 7.5e-5, 7};
  const PowerFit found = fit(line, at, values, 1e-14);
  CHECK(found.points == 3);
  CHECK(found.slope == Approx(2).epsilon(1e-12));
  CHECK(found.prefactor == Approx(3).epsilon(1e-12));
}

TEST_CASE("chain: beta_i = 2^-i stalls where the counterexample says", "[chain]") {
  const Json json = reference("counterexamples.json").get_child("peter_prop4_summability");
  const HalvingChain chain = halving_chain();
  CHECK(all_passed(chain.checks));
  CHECK(chain.exact.back() == Approx(json.get<double>("KL_limit_N04")).epsilon(1e-14));
  CHECK(chain.entropies.back() == Approx(json.get<double>("KL_limit_N04")).margin(1e-4));
}

TEST_CASE("chain: uniform numbers", "[chain]") {
  double sum = 0, square = 0, correlation = 0, before = 0.5;
  bool inside = true;
  constexpr int count = 100000;
  for (int n = 0; n < count; ++n) {
    const double u = uniform({.seed = 7}, static_cast<std::uint64_t>(n));
    inside = inside && u > 0 && u < 1;
    sum += u - 0.5;
    square += (u - 0.5) * (u - 0.5);
    correlation += (u - 0.5) * (before - 0.5);
    before = u;
  }
  CHECK(inside);
  CHECK(std::abs(sum) < 4 * std::sqrt(count / 12.0));
  CHECK(std::abs(square - count / 12.0) < 4 * std::sqrt(count / 180.0));
  CHECK(std::abs(correlation) < 4 * std::sqrt(count / 144.0));
  CHECK(uniform({.seed = 7}, 3) != uniform({.seed = 8}, 3));
  CHECK(uniform({.seed = 7}, 3) != uniform({.seed = 7, .stream = 1}, 3));
  CHECK(uniform({.seed = 7}, 3) != uniform({.seed = 7, .step = 1}, 3));
}

TEST_CASE("chain: uniform numbers are exact, and never 0 or 1", "[chain]") {
  constexpr std::uint64_t all = ~std::uint64_t{0};
  CHECK(in_unit_interval(0) == std::exp2(-53));
  CHECK(in_unit_interval(all) == 1 - std::exp2(-53));
  CHECK(in_unit_interval(all) < 1);
  // Odd multiples of 2^-53, on both sides of 1/2; the number of the upper half is not rounded.
  for (std::uint64_t number = 0; number < 1000; ++number) {
    const double multiple = std::ldexp(uniform({.seed = 7}, number), 53);
    CHECK(std::fmod(multiple, 2) == 1);
  }
  CHECK(in_unit_interval(std::uint64_t{1} << 63) == 0.5 + std::exp2(-53));
}

TEST_CASE("chain: draws are those of one rank, and lie where they should", "[chain]") {
  const Grid grid{{Axis{.cells = 9}, Axis{.cells = 7}}};
  Field p = fill(grid, [&](const Index& cell) { return (cell[0] + 2 * cell[1]) % 5; });
  check(VecScale(p.vector(), 1 / mass(p)));
  constexpr int draws = 20000;
  const auto found = everywhere(draw_from(p, draws, 3));
  const auto masses = everywhere(masses_of(p));
  std::vector<double> expected(masses.size());
  for (int m = 0; m < draws; ++m) {
    const double u = uniform({.seed = 3}, static_cast<std::uint64_t>(m));
    std::size_t cell = 0;
    for (double sum = masses[0]; sum < u; sum += masses[cell]) ++cell;
    ++expected[cell];
  }
  CHECK(found == expected);
}

TEST_CASE("chain: mean and deviation of Pearson's statistic", "[chain]") {
  // Uneven on purpose: the last cells expect 1 and 2 draws and share a bin with the fullest.
  const std::vector<double> shape{200, 12, 6, 1, 2, 79};
  const Grid grid{{Axis{.cells = 6}}};
  Field p = fill(grid, [&](const Index& cell) { return shape[static_cast<std::size_t>(cell[0])]; });
  check(VecScale(p.vector(), 1 / mass(p)));
  constexpr int draws = 300, repeats = 2000;
  const PearsonTest test{p, draws};
  CHECK(test.bins() == 4);
  double sum = 0, square = 0, fourth = 0;
  for (int r = 0; r < repeats; ++r) {
    const double d =
        test.statistic(draw_from(p, draws, static_cast<std::uint64_t>(r))) - test.mean();
    sum += d;
    square += d * d;
    fourth += d * d * d * d;
  }
  const double variance = square / repeats;
  const double error = std::sqrt((fourth / repeats - variance * variance) / repeats);
  CHECK(std::abs(sum / repeats) < 4 * test.deviation() / std::sqrt(repeats));
  CHECK(std::abs(variance - test.deviation() * test.deviation()) < 4 * error);
  CHECK(test.excess(p) < 1e-20);
  CHECK(test.excess(Field{grid, 1}) > 100);
}

TEST_CASE("chain: second differences see straight lines, kinks and jumps", "[chain]") {
  const Grid grid{{Axis{.cells = 12, .lower = 0, .upper = 6}, Axis{.cells = 8}}};
  const Field line = fill(grid, [](const Index& cell) { return 3.0 * cell[0] - 1; });
  const auto inner = everywhere(second_difference(line, 0));
  for (std::size_t k = 1; k < 11; ++k) CHECK(inner[k] == 0);
  CHECK(inner[0] == 3);
  CHECK(everywhere(second_difference(line, 1)) == std::vector<double>(96, 0.0));
  const Field jump = fill(grid, [](const Index& cell) { return cell[0] < 6 ? 0.0 : 1.0; });
  CHECK(roughness(jump, 1) == Approx(2 * 0.5 * 1));  // two cells, each 0.5 wide and 1 high
  CHECK(roughness(jump, 2) == Approx(8 * 0.5 * 1));
}

}  // namespace feller::test
