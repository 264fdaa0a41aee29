/// Entropies of the Markov chain against reference values (34-digit arithmetic), and that their
/// checks can fail.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "problems/noise_schedule.hpp"
#include "problems/process_problem.hpp"
#include "problems/processes/mutual_information.hpp"
#include "studies/chain/entropy_examples.hpp"
#include "studies/chain/entropy_theorems.hpp"
#include "studies/chain/phase_diagram.hpp"
#include "studies/chain/printed_forms.hpp"
#include "studies/chain/turning_point.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

struct Population {
  std::string name;
  std::string keys;
};

const Population mixture{"mixture",
                         "weights = 0.3, 0.45, 0.25\nmeans = -1, 0.2, 1.3\nsds = 0.2, 0.15, 0.3\n"};
const Population uniform{"uniform_m1_1",
                         "population = uniform\npopulation_lower = -1\npopulation_upper = 1\n"};
const Population wide{"normal_var4", "means = 0\nsds = 2\n"};
const Population bimodal{"wide_bimodal", "means = -2, 2\nsds = 0.1\n"};

BuiltProblem on_grid(const Population& population, int cells = 640) {
  return BuiltProblem{"[problem]\nkind = ornstein_uhlenbeck\n" + population.keys +
                      "[grid]\ncells = " + std::to_string(cells) + "\nlower = -16\nupper = 16\n"};
}

/// The rows of one population under one schedule.
Json rows_of(const std::string& schedule, const std::string& population) {
  return reference("vp_chain.json")
      .get_child(Json::path_type{"chains|" + schedule + "|" + population, '|'});
}

NoiseSchedule linear() {
  std::vector<double> betas;
  for (int k = 0; k < 1000; ++k) betas.push_back(1e-4 + k * (0.02 - 1e-4) / 999);
  return NoiseSchedule{betas};
}

/// Rows of a chain of constant beta, by jumps of `every` steps.
std::vector<EntropyRow> walk(const Problem& problem, double beta, int steps, int every = 1) {
  const NoiseSchedule schedule{std::vector<double>(static_cast<std::size_t>(steps), beta)};
  const DensityChain chain{problem, schedule};
  const ChainEntropies entropies{problem};
  std::vector<EntropyRow> rows;
  Field p = problem.initial(0);
  for (int i = 0; i <= steps; i += every) {
    if (i > 0) p = chain.jump(p, i - every, i);
    rows.push_back(entropies.look(p, i, schedule.log_survival(i)));
  }
  return rows;
}

Check named(const Checks& checks, const std::string& name) {
  const auto found = std::ranges::find(checks, name, &Check::name);
  REQUIRE(found != checks.end());
  return *found;
}

}  // namespace

TEST_CASE("entropies of both schedules are those of the references, with the predicted bias",
          "[entropy]") {
  const NoiseSchedule constant{std::vector<double>(1000, 0.02)}, ddpm = linear();
  for (const auto& population : {mixture, uniform, wide, bimodal}) {
    const auto problem = on_grid(population);
    const ChainEntropies entropies{*problem};
    const double h2 = entropies.square_width();
    for (const auto* name : {"const_0.02", "linear_1e-4_0.02_1000"}) {
      const NoiseSchedule& schedule = name[0] == 'c' ? constant : ddpm;
      for (const auto& [key, row] : rows_of(name, population.name)) {
        const int i = row.get<int>("i");
        if (i == 0 || !ChainKernel::resolves(problem->grid(), schedule.log_survival(i))) continue;
        CAPTURE(population.name, name, i);
        CHECK(schedule.survival(i) == Approx(row.get<double>("alpha_bar")).epsilon(1e-14));
        CHECK(schedule.ou_time(i) == Approx(row.get<double>("t_ou")).epsilon(1e-13));
        CHECK(schedule.ve_time(i) == Approx(row.get<double>("t_ve")).epsilon(1e-13));
        const Field p =
            ChainKernel{problem->grid(), schedule.log_survival(i)}.forward(problem->initial(0));
        const EntropyRow seen = entropies.look(p, i, schedule.log_survival(i));
        const double fisher = row.get<double>("fisher_J");
        const double relative = row.get<double>("rel_fisher_to_N01");
        const double moments = seen.sampling / 2;
        CHECK(std::abs(seen.entropy - row.get<double>("H")) <=
              1.5 * h2 / 24 * fisher + fisher * moments + 1e-13);
        CHECK(std::abs(seen.divergences.front() - row.get<double>("KL_to_N01")) <=
              1.5 * h2 / 24 * relative + (1 + fisher) * moments + 1e-13);
        CHECK(seen.conditional == Approx(row.get<double>("H_cond_U0")).epsilon(1e-13));
        CHECK(std::abs(seen.information() - row.get<double>("I_U0_Ui")) <=
              1.5 * h2 / 24 * fisher + fisher * moments + 1e-13);
        CHECK(std::abs(*seen.exact_entropy - row.get<double>("H")) <= 1e-12);
        CHECK(std::abs(*seen.exact_divergence - row.get<double>("KL_to_N01")) <= 1e-12);
      }
    }
  }
}

TEST_CASE("Fisher information of the laws, and information by the mmse, are the references'",
          "[entropy]") {
  for (const auto& population : {mixture, uniform, wide, bimodal}) {
    const auto problem = on_grid(population, 64);
    std::vector<double> times, wanted, mistaken;
    for (const auto& [key, row] : rows_of("const_0.02", population.name)) {
      if (row.get<int>("i") == 0) continue;
      CAPTURE(population.name, row.get<int>("i"));
      const auto law = problem->process()->law(row.get<double>("t_ou"));
      CHECK(*law->fisher_information() == Approx(row.get<double>("fisher_J")).epsilon(1e-11));
      times.push_back(row.get<double>("t_ve"));
      mistaken.push_back(1 - row.get<double>("alpha_bar"));
      wanted.push_back(row.get<double>("I_U0_Ui"));
    }
    const auto found = *information_by_mmse(*problem->process(), times);
    CHECK(largest_difference(found, wanted) <= 1e-10);
    const auto wrong = *information_by_mmse(*problem->process(), mistaken);
    CHECK(largest_difference(wrong, wanted) > 1e-3);
  }
  CHECK_FALSE(on_grid(uniform, 64)->process()->law(0)->fisher_information());
}

TEST_CASE("the entropy of the wide bimodal density turns at t* = 0.451010867", "[entropy]") {
  const Json known = reference("ou_continuous.json").get_child("wide_bimodal_entropy_maximum");
  const auto problem = on_grid(bimodal);
  const auto rows = walk(*problem, 0.02, 80, 2);
  const auto turn = turning_point(*problem, rows);
  REQUIRE(turn);
  const double h2 = ChainEntropies{*problem}.square_width();
  CHECK(turn->law_time == Approx(known.get<double>("t_star")).epsilon(1e-10));
  CHECK(turn->law_entropy == Approx(known.get<double>("H_max")).epsilon(1e-12));
  // h^2/24 earlier, as the entropy of cell means is H + h^2 J/24.
  CHECK(turn->time - turn->law_time == Approx(-h2 / 24).margin(1e-6));
  const auto top = std::ranges::max_element(rows, {}, &EntropyRow::entropy);
  CHECK(std::abs(top->step - known.get<double>("i_star_const_0_02")) <= 2);
  CHECK_FALSE(turning_point(*on_grid(mixture), walk(*on_grid(mixture), 0.02, 20, 2)));
}

TEST_CASE("the theorems hold for each kind of population, and say which it is", "[entropy]") {
  struct Wanted {
    Population population;
    double beta;
    std::string of_b;
  };
  for (const auto& [population, beta, of_b] :
       {Wanted{mixture, 0.02, "<= 1"}, Wanted{uniform, 0.02, "<= 1"}, Wanted{wide, 0.1, "> 1"},
        Wanted{bimodal, 0.02, "> 1"}}) {
    const auto problem = on_grid(population, 640);
    const auto rows = walk(*problem, beta, 120, 4);
    const Checks checks = EntropyTheorems{rows, ChainEntropies{*problem}, 1}.all();
    for (const auto& check : checks) {
      CAPTURE(population.name, check.name, check.measured, check.bound);
      CHECK(check.passed());
    }
    CHECK_THAT(named(checks, "theorem_B").claim, Catch::Contains(of_b));
  }
}

TEST_CASE("right runs of all kinds hold: coarse outputs, long chains, large beta", "[entropy]") {
  struct Run {
    Population population;
    double beta;
    std::vector<int> outputs;
  };
  const std::vector<Run> runs{
      {bimodal, 0.02, {0, 5, 15, 30, 50}},  // the last output is the largest
      {wide, 0.1, {0, 10, 100, 400}},       // 1 - a is 1 to round-off
      {{"narrow", "means = 0\nsds = 0.25\n"}, 0.6, {0, 1, 3, 10}},
      {{"normal", "means = 0\nsds = 1\n"}, 0.1, {0, 1, 10, 1000}},  // all entropies are 0
      {{"translate", "means = 2\nsds = 1\n"}, 0.1, {0, 1, 10, 100}},
  };
  for (const auto& [population, beta, outputs] : runs) {
    const auto problem = on_grid(population, 640);
    const ChainEntropies entropies{*problem};
    const NoiseSchedule schedule{
        std::vector<double>(static_cast<std::size_t>(outputs.back()), beta)};
    const DensityChain chain{*problem, schedule};
    std::vector<EntropyRow> rows;
    Field p = problem->initial(0);
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (k > 0) p = chain.jump(p, outputs[k - 1], outputs[k]);
      rows.push_back(entropies.look(p, outputs[k], schedule.log_survival(outputs[k])));
    }
    for (const auto& check : EntropyTheorems{rows, entropies, 1}.all()) {
      CAPTURE(population.name, check.name, check.measured, check.bound);
      CHECK(check.passed());
    }
  }
}

TEST_CASE("the theorems' checks fail for what is no chain", "[entropy]") {
  const auto problem = on_grid(bimodal, 640);
  const ChainEntropies entropies{*problem};
  const double h2 = entropies.square_width();
  const auto rows = walk(*problem, 0.02, 120, 4);
  auto backwards = rows;
  std::ranges::reverse(backwards);
  for (std::size_t r = 0; r < rows.size(); ++r) backwards[r].log_survival = rows[r].log_survival;
  const Checks wrong = EntropyTheorems{backwards, entropies, 1}.all();
  for (const auto* name :
       {"theorem_A", "theorem_D_relative_entropy", "theorem_D_total_variation", "theorem_D_rate",
        "conditional_entropy_rises", "information_decreases"}) {
    CAPTURE(name);
    CHECK_FALSE(named(wrong, name).passed());
  }
  auto moved = rows;
  for (auto& row : moved) {
    row.entropy += h2 * row.fisher / 12;
    row.divergences.front() -= h2 * row.relative_fisher / 12;
  }
  CHECK_FALSE(named(EntropyTheorems(moved, entropies, 1).all(), "entropy").passed());
  CHECK_FALSE(named(EntropyTheorems(moved, entropies, 1).all(), "relative_entropy").passed());
  auto printed = rows;
  for (auto& row : printed) row.conditional *= 2;
  CHECK_FALSE(named(EntropyTheorems(printed, entropies, 1).all(), "conditional_entropy").passed());
  // Rising again after a fall.
  auto again = rows;
  again.back().entropy = 1.6;
  CHECK_FALSE(named(EntropyTheorems(again, entropies, 1).all(), "theorem_C").passed());
}

TEST_CASE("the printed claims fail with the references' numbers", "[entropy]") {
  const Json known = reference("counterexamples.json");
  const auto problem = on_grid(wide);
  const ChainEntropies entropies{*problem};
  const EntropyExamples examples{*problem, entropies};
  const Checks checks = examples.checks();
  CHECK(examples.left_out().empty());
  for (const auto& check : checks) {
    CAPTURE(check.name, check.measured, check.bound);
    CHECK(check.passed());
  }
  const double h2 = entropies.square_width();
  CHECK(named(checks, "control_10_not_sufficient").measured ==
        Approx(-known.get<double>("peter_prop1_counterexample.dH")).margin(h2));
  CHECK(named(checks, "control_10_not_necessary").measured ==
        Approx(known.get<double>("peter_prop1_not_necessary.dH")).margin(h2));
  CHECK(named(checks, "control_12_additive").measured ==
        Approx(known.get<double>("peter_eq12_counterexample.rhs_printed") -
               known.get<double>("peter_eq12_counterexample.lhs_H_next"))
            .margin(h2));
  CHECK(named(checks, "control_18_factor").measured ==
        Approx(known.get<double>("peter_eq18.H_correct") -
               known.get<double>("peter_eq18.printed_value"))
            .margin(h2));
}

TEST_CASE("slips of the paper are shown in one dimension and in two", "[entropy]") {
  const auto line = on_grid(wide);
  const Checks on_line = printed_forms(*line, ChainEntropies{*line});
  const BuiltProblem plane{
      "[problem]\nkind = ornstein_uhlenbeck\nmeans = (0, 0)\nsds = 1\n"
      "[grid]\ncells = 90, 90\nlower = -9, -9\nupper = 9, 9\n"};
  const Checks on_plane = printed_forms(*plane, ChainEntropies{*plane});
  CHECK(on_line.size() == 5);
  CHECK(on_plane.size() == 5);
  for (const auto& checks : {on_line, on_plane}) {
    for (const auto& check : checks) {
      CAPTURE(check.name, check.measured, check.bound);
      CHECK(check.passed());
      CHECK_FALSE(check.misprint.empty());
    }
  }
  // (1 + sqrt(1 - b))^2 b - (1 - (1 - b)^2) = 2 b sqrt(1 - b).
  CHECK(named(on_line, "control_4_one_noise").measured ==
        Approx(0.2 * std::sqrt(0.9)).epsilon(1e-3));
  CHECK(named(on_plane, "control_13_dimension").measured ==
        Approx(-std::log(0.9) / 2).epsilon(1e-2));
}

TEST_CASE("random mixtures do as the phase diagram says, on the plane, too", "[entropy]") {
  const Grid line{{{.cells = 400, .lower = -14, .upper = 14}}};
  const PhaseDiagram diagram{line, 60, 1};
  for (const auto& check : diagram.checks()) {
    CAPTURE(check.name, check.claim, check.measured);
    CHECK(check.passed());
  }
  const auto rows = diagram.rows();
  CHECK(rows.size() == 60);
  CHECK(std::ranges::is_sorted(rows));
  CHECK_FALSE(PhaseDiagram::fits(Grid{{{.cells = 400, .lower = -5, .upper = 5}}}));
}

}  // namespace feller::test
