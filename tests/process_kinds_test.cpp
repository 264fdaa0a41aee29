#include <catch2/catch.hpp>
#include <cmath>

#include "solvers/implicit_euler.hpp"
#include "tests/process_support.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

TEST_CASE("process: mixtures in 2-D and 3-D that are products add up", "[process_law]") {
  const auto line = process("ornstein_uhlenbeck", "means = -1, 0.5\nweights = 1, 3\nsds = 0.3\n");
  const auto plane = process("ornstein_uhlenbeck",
                             "means = (-1, -1), (-1, 0.5), (0.5, -1), (0.5, 0.5)\n"
                             "weights = 1, 3, 3, 9\nsds = 0.3\n",
                             2);
  const auto space = process("ornstein_uhlenbeck",
                             "means = (-1, -1, -1), (-1, 0.5, -1), (0.5, -1, -1), (0.5, 0.5, -1),"
                             " (-1, -1, 0.5), (-1, 0.5, 0.5), (0.5, -1, 0.5), (0.5, 0.5, 0.5)\n"
                             "weights = 1, 3, 3, 9, 3, 9, 9, 27\nsds = 0.3\n",
                             3);
  for (const double time : {0.0, 0.4}) {
    const double h = line->law(time)->entropy().value(), kl = line->relative_entropy(time).value();
    CHECK(plane->law(time)->entropy().value() == Approx(2 * h).epsilon(1e-11));
    CHECK(space->law(time)->entropy().value() == Approx(3 * h).epsilon(1e-11));
    CHECK(plane->relative_entropy(time).value() == Approx(2 * kl).epsilon(1e-11));
    CHECK(space->relative_entropy(time).value() == Approx(3 * kl).epsilon(1e-11));
    const Region side{.lower = {-1.2, -1.2, -1.2}, .upper = {0.4, 0.4, 0.4}};
    const double one = line->law(time)->probability(side);
    CHECK(plane->law(time)->probability(side) == Approx(one * one).epsilon(1e-13));
    CHECK(space->law(time)->mass_outside(side) == Approx(1 - one * one * one).epsilon(1e-13));
  }
  // Far too fine for the trapezoidal rule: no number rather than a wrong one.
  const auto fine =
      process("ornstein_uhlenbeck", "means = (0, 0, 0), (1, 1, 1)\nsds = 0.001, 1\n", 3);
  CHECK_FALSE(fine->law(0)->entropy().has_value());
}

TEST_CASE("process: the double well says what it does not know", "[process_law]") {
  const auto process = test::process(
      "double_well", "barrier = 2\ndiffusion_coefficient = 0.8\nmean = 0.7\nsd = 0.25\n");
  CHECK(process->law(0) != nullptr);
  CHECK(process->law(0.1) == nullptr);
  CHECK_FALSE(process->relative_entropy(0.1).has_value());
  const auto p = process->law(0), q = process->stationary();
  CHECK(line_integral(*process, [&](double x) {
          return q->density({x, 0, 0});
        }) == Approx(1).epsilon(1e-12));
  CHECK(q->moments().covariance[0][0] == Approx(line_integral(*process, [&](double x) {
                                           return x * x * q->density({x, 0, 0});
                                         })).epsilon(1e-12));
  const double kl = line_integral(*process, [&](double x) {
    const Point at{x, 0, 0};
    return p->density(at) * (p->log_density(at) - q->log_density(at));
  });
  CHECK(process->relative_entropy(0).value() == Approx(kl).epsilon(1e-12));

  // The bound of the tail against the flow on a box that is much wider.
  const BuiltProblem flow{
      "[problem]\nkind = fokker_planck\npotential = 2*(x^2-1)^2\ndiffusion = 0.8\n"
      "initial = normal(x, 0.7, 0.25)\n[grid]\ncells = 1200\nlower = -3\nupper = 3\n"};
  const Generator generator{flow->rates(0)};
  ImplicitEuler euler{generator, 0.01, {.method = "direct"}};
  Field density = flow->initial(0);
  const Region box{.lower = {-1.8, 0, 0}, .upper = {1.8, 0, 0}};
  const double start = p->mass_outside(box), end = q->mass_outside(box);
  for (int n = 1; n <= 40; ++n) {
    euler.advance(density, n - 1);
    const auto all = everywhere(density);
    double outside = 0;
    for (int i = 0; i < 1200; ++i) {
      const double x = flow->grid().axis(0).centre(i);
      if (std::abs(x) > 1.8) outside += all[static_cast<std::size_t>(i)] * 6 / 1200;
    }
    const double bound = process->mass_outside(box, 0.01 * n);
    CHECK(outside <= bound);
    CHECK(bound <= 10 * (start + end));
  }
}

TEST_CASE("process: bad parameters are refused with the reason", "[process_law]") {
  struct Bad {
    std::string kind, problem;
    int dimension;
    std::string reason;
  };
  for (const auto& [kind, problem, dimension, reason] : std::vector<Bad>{
           {"brownian", "", 1, "problem.means: must be given for the mixture"},
           {"brownian", "means = 1\n", 1, "problem.sds: must be given"},
           {"brownian", "means = 1, 2\nsds = 1, 1, 1\n", 1, "as many as problem.means, 2"},
           {"brownian", "means = 1, 2\nsds = 0\n", 1, "problem.sds"},
           {"brownian", "means = 1, 2\nsds = 1\nweights = 0, 0\n", 1, "must have a sum > 0"},
           {"brownian", "means = 1, 2\nsds = 1\nweights = 1\n", 1, "problem.means has 2"},
           {"brownian", "means = 1, 2\nsds = 1\n", 2, "points in parentheses"},
           {"brownian", "means = (1, x)\nsds = 1\n", 2, "points in parentheses"},
           {"brownian", "population = points\nmeans = 1\n", 1, "must be > 0 for points"},
           {"brownian", "population = points\nmeans = 1\nsds = 1\nstart = 1\n", 1,
            "has no meaning for the population points"},
           {"brownian", "population = uniform\n", 1, "problem.population_lower"},
           {"brownian", "population = uniform\npopulation_lower = 0\npopulation_upper = 0\n", 1,
            "must exceed"},
           {"ornstein_uhlenbeck", "theta = 0\nmeans = 1\nsds = 1\n", 1, "> 0"},
           {"rotating_ornstein_uhlenbeck", "", 1, "has 1 axes, but the process has 2"},
           {"rotating_ornstein_uhlenbeck", "diffusion_matrix = 1, 2, 1\n", 2, "positive definite"},
           {"rotating_ornstein_uhlenbeck", "diffusion_matrix = 1, 2\n", 2, "three entries"},
           {"cir", "sigma = 1.5\n", 1, "lets the process reach 0"},
           {"cir", "start = 1e-12\n", 1, "too small"},
           {"cir", "", 2, "has 2 axes"},
           {"jacobi", "sigma = 0.95\n", 1, "lets the process reach a border"},
           {"jacobi", "theta = 1\n", 1, "must be < 1"},
           {"jacobi", "start = 1e-7\n", 1, "must be >="},
           {"jacobi", "kappa = 200\npoint = 0.95\nstart = 1e-4\n", 1, "cancel"},
           {"geometric_brownian_motion", "log_sd = 0\n", 1, "must be > 0 for log_sd = 0"},
           {"double_well", "mean = 1, 2\n", 3, "problem.mean"}}) {
    INFO(kind << " " << problem);
    CHECK_THAT(complaint(kind, problem, dimension), Catch::Contains(reason));
  }
}
