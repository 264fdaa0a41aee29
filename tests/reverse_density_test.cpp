/// Reverse processes as densities on grids: the scheme's invariants, the reference's numbers.

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "solvers/functionals.hpp"
#include "solvers/reverse_flow.hpp"
#include "studies/score/grid_quantiles.hpp"
#include "studies/score/reverse_density_checks.hpp"
#include "studies/score/reverse_density_route.hpp"
#include "studies/score/reverse_law.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

const std::string process = "[problem]\nkind = ornstein_uhlenbeck\npopulation = mixture\n";
/// Old enough for tails that do not fall too fast.
const std::string aged = process + "start = 0.3\n";
const std::string mixture =
    "weights = 0.3, 0.45, 0.25\nmeans = -1, 0.2, 1.3\nsds = 0.2, 0.15, 0.3\n";
const std::string line = "[grid]\ncells = 150\nlower = -7.8\nupper = 7.8\n";
const std::string plane =
    "weights = 0.3, 0.45, 0.25\nmeans = (-1, 0), (0.2, 0.6), (1.3, -0.5)\n"
    "sds = 0.5, 0.4, 0.6\n[grid]\ncells = 36, 32\nlower = -7.8, -7.8\nupper = 7.8, 7.8\n";
const std::string space =
    "weights = 0.4, 0.6\nmeans = (-1, 0, 0.5), (0.5, 0.6, 0)\nsds = 0.8, 1\n"
    "[grid]\ncells = 20, 16, 18\nlower = -5, -5, -5\nupper = 5, 5, 5\n";

DensityPlan plan_of(const std::vector<double>& lambdas, bool exact_start, int steps, int levels) {
  DensityPlan plan{.exact_start = exact_start, .steps = steps, .levels = levels};
  plan.motions = motions_of(lambdas);
  return plan;
}

DensityLadder ladder_of(const std::string& text, const DensityPlan& plan) {
  DensityLadder ladder;
  for (int l = 0; l < plan.levels; ++l) {
    const BuiltProblem problem{text, std::pow(2, l)};
    ladder.rungs.push_back(run_rung(*problem, plan, plan.steps << l, l == plan.levels - 1,
                                    [](int, double, const Field&, std::span<const Field>) {}));
  }
  return ladder;
}

/// The forward solution of a problem from its initial state.
struct Forward {
  Forward(const Problem& problem, const Times& times, int room)
      : generator{problem.generator(0)},
        history{generator, masses_of(problem.initial(0)), times, room} {}
  Forward(const Forward&) = delete;

  Generator generator;
  ForwardHistory history;
};

double worst_ratio(const Field& q, const Field& p, bool largest) {
  double worst = largest ? -HUGE_VAL : HUGE_VAL;
  for (std::size_t i = 0; i < q.values().size(); ++i) {
    const double r = q.values()[i] / p.values()[i];
    worst = largest ? std::max(worst, r) : std::min(worst, r);
  }
  const MPI_Comm comm = q.grid().comm();
  return largest ? maximum(comm, worst) : minimum(comm, worst);
}

const Json& reference_run(const Json& all, const std::string& start, const std::string& form,
                          double lambda) {
  for (const auto& [key, run] : all.get_child("runs")) {
    if (run.get<std::string>("start") == start && run.get<std::string>("form") == form &&
        run.get<double>("lambda") == lambda) {
      return run;
    }
  }
  throw std::runtime_error{"no such run in the reference"};
}

}  // namespace

TEST_CASE("the limited slope is of third order and keeps within bounds", "[reverse_density]") {
  CHECK(half_limited_slope(1, 1) == Approx(0.5));
  CHECK(half_limited_slope(-1, 1) == 0);
  CHECK(half_limited_slope(0, 1) == 0);
  for (const double a : {-3.0, -0.4, 0.01, 0.7, 20.0}) {
    for (const double b : {-5.0, -0.02, 0.3, 0.8, 4.0}) {
      const double slope = half_limited_slope(a, b);
      CHECK(std::abs(slope) <= std::abs(a));
      CHECK(std::abs(slope) <= std::abs(b));
      CHECK(slope * a >= 0);
    }
  }
  // Means of x^2 over cells of length 1: exact at the face.
  const auto mean = [](double n) { return n * n + 1.0 / 12; };
  CHECK(mean(2) + half_limited_slope(mean(2) - mean(1), mean(3) - mean(2)) == Approx(2.5 * 2.5));
}

TEST_CASE("the integrated current accounts for every change of mass", "[reverse_density]") {
  for (const auto& text : {aged + mixture + line, aged + plane, aged + space}) {
    const BuiltProblem problem{text};
    const Times times{0, 0.05, 0.2, 0.21, 0.6, 1, 1.3};
    Forward all{*problem, times, 1000}, some{*problem, times, 0};
    CHECK(some.history.kept() < all.history.kept());
    for (int n = 5; n >= 0; --n) {
      const ForwardStep& step = all.history.step(n);
      const Field change = all.generator.apply(step.integral);
      double worst = 0;
      for (std::size_t i = 0; i < change.values().size(); ++i) {
        const double before = step.before.values()[i], after = step.after.values()[i];
        worst = std::max(worst,
                         std::abs(before + change.values()[i] - after) / std::max(before, after));
      }
      // Of each cell's own mass, some roundings a product.
      CHECK(maximum(PETSC_COMM_WORLD, worst) < 1e-11);
      CHECK(linf_distance(step.after, some.history.step(n).after) == 0);
      CHECK(linf_distance(step.integral, some.history.step(n).integral) == 0);
    }
  }
}

TEST_CASE("rough ratios keep mass and range, one stays one", "[reverse_density]") {
  for (const auto& text : {aged + mixture + line, aged + plane, aged + space}) {
    const BuiltProblem problem{text};
    const int steps = 12;
    Times times{0};
    for (int n = 1; n <= steps; ++n) times.push_back(0.05 * n);
    Forward forward{*problem, times, 1000};
    ForwardHistory& history = forward.history;
    ReverseFlow flow{history};
    // Steps and spikes between 0.2 and 3, whatever the number of ranks.
    Field rough{history.last()};
    auto value = rough.values().begin();
    for_each(rough.grid().owned(), [&](const Index& k) {
      const int n = static_cast<int>(rough.grid().natural(k));
      *value++ *= n % 7 == 0 ? 3 : k[0] % 8 < 4 ? 0.2 : 1;
    });
    const double mass = total(rough);
    std::vector<Field> q{rough, rough, rough, history.last(), history.last()};
    const std::vector<ReverseMotion> motions{reverse_motion(0), reverse_motion(0.7),
                                             reverse_motion(3), reverse_motion(0),
                                             reverse_motion(2)};
    for (int n = steps; n-- > 0;) flow.carry(q, motions, n);
    const Field& p = history.step(0).before;
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(total(q[i]) == Approx(mass).epsilon(1e-13));
      CHECK(worst_ratio(q[i], p, false) >= 0.2 * (1 - 1e-10));
      CHECK(worst_ratio(q[i], p, true) <= 3 * (1 + 1e-10));
    }
    for (std::size_t i = 3; i < 5; ++i) {
      CHECK(worst_ratio(q[i], p, false) == Approx(1).epsilon(1e-10));
      CHECK(worst_ratio(q[i], p, true) == Approx(1).epsilon(1e-10));
    }
  }
}

TEST_CASE("noise at the wrong strength has no invariant law", "[reverse_density]") {
  CHECK(excess(reverse_motion(0.7)) == 0);
  CHECK(excess(printed_motion(0.5)) == Approx(0.25));
  CHECK(excess({.drift = 1, .noise = 0}) == Approx(1));
  const BuiltProblem problem{aged + mixture + line};
  Forward forward{*problem, {0, 0.05}, 100};
  ReverseFlow flow{forward.history};
  std::vector<Field> q{forward.history.last()};
  const std::vector<ReverseMotion> motions{printed_motion(0.5)};
  flow.carry(q, motions, 0);
  CHECK(l1_distance(q[0], forward.history.step(0).before) > 1e-4);
  CHECK(total(q[0]) == Approx(1).epsilon(1e-13));
}

TEST_CASE("Langevin dynamics keeps its density, in tails too", "[reverse_density]") {
  const BuiltProblem problem{process + mixture + line};
  const Field masses = masses_of(problem->initial(0));
  const Generator generator = langevin_generator(masses);
  const Field change = generator.apply(masses);
  double worst = 0;
  for (std::size_t i = 0; i < change.values().size(); ++i) {
    worst = std::max(worst, std::abs(change.values()[i]) / masses.values()[i]);
  }
  CHECK(maximum(PETSC_COMM_WORLD, worst) < 1e-13 * generator.largest_outflow());
  const double h = 15.6 / 150;
  CHECK(generator.largest_outflow() <= 4 / (h * h) * (1 + 1e-12));
}

TEST_CASE("densities from p_T reach the exact p_t0 with order 2", "[reverse_density]") {
  const DensityPlan plan = plan_of({0, 0.5, 1, 2}, true, 40, 3);
  const DensityLadder ladder = ladder_of(process + mixture + line, plan);
  const Json all = reference("reverse_pde_mixture.json");
  for (std::size_t m = 0; m < 4; ++m) {
    const auto l1 = ladder.values(m, [](const DensityEnd& end) { return end.l1; });
    CHECK(last_order(l1) == Approx(2).margin(0.05));
  }
  for (std::size_t m = 4; m < plan.motions.size(); ++m) {
    const Json& run = reference_run(all, "exact", "printed", plan.motions[m].lambda);
    CHECK(ladder.limit(m).value == Approx(run.get<double>("KL")).epsilon(5e-4));
  }
  CHECK(ladder.finest().free_l1 < 1e-11);
  CHECK(ladder.finest().free_ratio < 1e-10);
  for (const auto& check : exact_start_checks(plan, ladder)) {
    INFO(check.name);
    CHECK(check.passed());
  }
}

TEST_CASE("densities from N(0, T) have the reference's relative entropies", "[reverse_density]") {
  DensityPlan plan = plan_of({0, 0.5, 1, 2}, false, 40, 3);
  plan.motions.push_back(
      {.name = "doubled", .words = "", .lambda = 1, .motion = {.drift = 1, .noise = 0}});
  const DensityLadder ladder = ladder_of(process + mixture + line, plan);
  const Json all = reference("reverse_pde_mixture.json");
  // That of lambda = 0 is conserved, so that it is known at T (docs/properties.md, V18).
  CHECK(ladder.limit(0).value == Approx(1.96431e-3).epsilon(1e-4));
  for (std::size_t m = 1; m + 1 < plan.motions.size(); ++m) {
    const NamedMotion& one = plan.motions[m];
    const Json& run =
        reference_run(all, "N(0,T)", one.printed ? "printed" : "corrected", one.lambda);
    CHECK(ladder.limit(m).value == Approx(run.get<double>("KL")).epsilon(5e-4));
  }
  for (const auto& checks : {invariant_checks(plan, ladder), normal_start_checks(plan, ladder)}) {
    for (const auto& check : checks) {
      INFO(check.name << " " << check.measured << " " << check.bound);
      CHECK(check.passed());
    }
  }
}

TEST_CASE("every noise is told from one of 3 % more by another route", "[reverse_density]") {
  const BuiltProblem problem{process + mixture + line};
  const DensityPlan plan = plan_of({0.5, 1, 2}, false, 40, 3);
  std::vector<ReverseMotion> motions;
  for (const double lambda : {0.5, 1.0, 2.0}) {
    motions.push_back(reverse_motion(lambda));
    // The fault of a Langevin part that runs too fast, p still its invariant density.
    motions.push_back(reverse_motion(1.03 * lambda));
  }
  const Axis& axis = problem->grid().axis(0);
  const auto limits = route_limits(*problem->process(), plan, axis, motions);
  const DensityLadder ladder = ladder_of(process + mixture + line, plan);
  const Json all = reference("reverse_pde_mixture.json");
  for (std::size_t m = 0; m < 3; ++m) {
    const double lambda = plan.motions[m].lambda;
    CAPTURE(lambda);
    const Json& run = reference_run(all, "N(0,T)", "corrected", lambda);
    const Limit right = limits[2 * m], wrong = limits[2 * m + 1], flow = ladder.limit(m);
    CHECK(right.value == Approx(run.get<double>("KL")).epsilon(5e-4).margin(right.remaining));
    CHECK(std::abs(flow.value - right.value) <= flow.remaining + right.remaining);
    CHECK(std::abs(flow.value - wrong.value) > 2 * (flow.remaining + wrong.remaining));
    // Which the reference to its digits sees, too.
    CHECK(std::abs(wrong.value / run.get<double>("KL") - 1) > 50 * 5e-4);
  }
  for (const auto& check : route_checks(*problem->process(), plan, axis, ladder)) {
    INFO(check.name << " " << check.measured << " " << check.bound);
    CHECK(check.passed());
  }
}

TEST_CASE("entropies whose parts cancel are conserved to what is left", "[reverse_density]") {
  DensityPlan plan = plan_of({0}, false, 40, 3);
  plan.motions.push_back(
      {.name = "doubled", .words = "", .lambda = 1, .motion = {.drift = 1, .noise = 0}});
  plan.from = 4;
  const DensityLadder good =
      ladder_of(process + mixture + "[grid]\ncells = 100\nlower = -7.8\nupper = 7.8\n", plan);
  const auto conserved = [&](const DensityLadder& ladder) {
    int held = 0, all = 0;
    for (const auto& check : normal_start_checks(plan, ladder)) {
      if (!check.name.starts_with("conserved_")) continue;
      ++all;
      held += check.passed() ? 1 : 0;
    }
    CHECK(all == 3);
    return held;
  };
  CHECK(conserved(good) == 3);
  DensityLadder lost{good};
  for (auto& rung : lost.rungs) rung.ends[0].after[1] += 1e-4;
  CHECK(conserved(lost) == 2);
  // No ladder at all: what the extrapolation leaves is as large as the change.
  DensityLadder wild{good};
  wild.rungs[0].ends[0].after[2] += 1;
  wild.rungs[2].ends[0].after[2] += 0.1;
  CHECK(conserved(wild) == 2);
}

TEST_CASE("densities of a normal population have the closed forms", "[reverse_density]") {
  DensityPlan plan = plan_of({0, 0.5, 2}, true, 30, 3);
  const std::string text = process + "weights = 1\nmeans = 0\nsds = 0.5\n" +
                           "[grid]\ncells = 120\nlower = -7.8\nupper = 7.8\n";
  const Json all = reference("reverse.json");
  for (const bool exact : {true, false}) {
    plan.exact_start = exact;
    const DensityLadder ladder = ladder_of(text, plan);
    int found = 0;
    for (const auto& [key, entry] : all.get_child("gaussian")) {
      if (entry.get<double>("s2") != 0.25 || entry.get<double>("T") != 10 ||
          entry.get<double>("t0") != 0.1 || entry.get<double>("mu") != 0 ||
          (entry.get<std::string>("start") == "exact") != exact) {
        continue;
      }
      for (std::size_t m = 0; m < plan.motions.size(); ++m) {
        const NamedMotion& one = plan.motions[m];
        if (one.lambda != entry.get<double>("lambda")) continue;
        const auto kl = entry.get<double>(one.printed ? "KL_printed" : "KL_corrected");
        const auto closed = normal_entropy(
            {.dimension = 1, .weights = {1}, .means = {0}, .variances = {0.25}}, plan, one);
        CHECK(*closed == Approx(kl).epsilon(1e-9).margin(1e-15));
        CHECK(ladder.limit(m).value == Approx(kl).epsilon(1e-3).margin(1e-7));
        ++found;
      }
    }
    CHECK(found == 5);
  }
}

TEST_CASE("densities in the plane reach the exact one", "[reverse_density]") {
  DensityPlan plan = plan_of({0, 1}, true, 16, 2);
  plan.to = 0.5;
  const DensityLadder ladder = ladder_of(process + plane, plan);
  for (std::size_t m = 0; m < 2; ++m) {
    const auto l1 = ladder.values(m, [](const DensityEnd& end) { return end.l1; });
    CHECK(last_order(l1) == Approx(2).margin(0.1));
    CHECK(ladder.finest().ends[m].least > 0);
    CHECK(ladder.finest().ends[m].mass_defect < 1e-12);
  }
  CHECK(ladder.finest().free_l1 < 1e-11);
}

TEST_CASE("quantiles of one flow agree, of two they do not", "[reverse_density]") {
  const Grid grid{{Axis{.cells = 200, .lower = -6, .upper = 6}}};
  const auto normal = [&](double mean, double sd) {
    const auto below = [&](double x) { return std::erfc((mean - x) / (sd * std::sqrt(2.0))) / 2; };
    return fill(grid, [&](const Index& k) {
      return below(grid.axis(0).face(k[0] + 1)) - below(grid.axis(0).face(k[0]));
    });
  };
  // x -> 0.7 x + 0.3 carries both.
  CHECK(quantile_drift(normal(0, 1), normal(0.2, 0.9), normal(0.3, 0.7), normal(0.44, 0.63)) <
        1e-6);
  CHECK(quantile_drift(normal(0, 1), normal(0.2, 0.9), normal(0.3, 0.7), normal(0.44, 0.7)) > 1e-2);
}

}  // namespace feller::test
