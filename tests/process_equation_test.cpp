#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "solvers/implicit_euler.hpp"
#include "tests/process_support.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

/// Points spread over the bulk of a law: mean + (-1.4 .. 1.6) sd along the diagonal and off it.
std::vector<Point> samples(const Process& process, double time) {
  const Moments m = process.law(time)->moments();
  std::vector<Point> points;
  for (const double z : {-1.4, -0.6, 0.3, 0.9, 1.6}) {
    Point x{};
    for (std::size_t a = 0; a < static_cast<std::size_t>(process.dimension()); ++a) {
      const double turn = a == 0 ? 1 : a == 1 ? -0.7 : 0.4;
      x[a] = m.mean[a] + turn * z * std::sqrt(m.covariance[a][a]);
      const auto support = process.support();
      x[a] = std::clamp(x[a], support.lower[a] + 0.3 * m.mean[a], support.upper[a] - 0.1);
    }
    points.push_back(x);
  }
  return points;
}

struct Residuals {
  std::vector<double> steps;
  std::vector<double> errors;
};

/// The worst residual at three steps: h^4 if the law solves the equation, else it stays.
Residuals residuals(const Process& process, const Process& equation, double time, double step,
                    Form form = Form::ito);

/// The laws of one process with the coefficients of another.
class Mixed : public Process {
 public:
  Mixed(const Process& laws, const Process& equation) : laws_{laws}, equation_{equation} {}
  int dimension() const override { return laws_.dimension(); }
  double drift(int a, const Point& x) const override { return equation_.drift(a, x); }
  double diffusion(int a, int b, const Point& x) const override {
    return equation_.diffusion(a, b, x);
  }
  std::unique_ptr<Law> law(double time) const override { return laws_.law(time); }

 private:
  const Process& laws_;
  const Process& equation_;
};

Residuals residuals(const Process& process, const Process& equation, double time, double step,
                    Form form) {
  const Mixed mixed{process, equation};
  Residuals r;
  for (const double h : {step, step / 2, step / 4}) {
    double worst = 0;
    for (const Point& x : samples(process, time)) {
      worst = std::max(worst, std::abs(residual(mixed, x, time, h, h / 4, form)));
    }
    r.steps.push_back(h);
    r.errors.push_back(worst);
  }
  return r;
}

/// Order 4, up to terms of order 6 in step / scale = 1/5, whose share is below (1/5)^2 times a few.
void check_solves(const Process& process, double time, double step) {
  const Residuals r = residuals(process, process, time, step);
  CHECK(slope(r.steps, r.errors) == Approx(4).margin(0.3));
}

const std::string plane_mixture =
    "weights = 1, 2, 1.5\nmeans = (-1, 0.3), (0.5, -0.6), (1, 1)\nsds = 0.5, 0.6, 0.4\n";

}  // namespace

TEST_CASE("process: the laws solve the Fokker-Planck equation", "[process_law]") {
  for (const auto& [kind, problem] : line_cases()) {
    const auto process = test::process(kind, problem);
    INFO(kind << " " << problem);
    for (const double time : {0.3, 1.0}) {
      // Fine on the scale of the law and of the distance to a border, where powers of x begin.
      double scale = 0.3;
      for (const Point& x : samples(*process, time)) {
        scale = std::min(
            {scale, x[0] - process->support().lower[0], process->support().upper[0] - x[0]});
      }
      check_solves(*process, time, scale / 5);
    }
  }
  for (const std::string kind : {"brownian", "ornstein_uhlenbeck"}) {
    INFO(kind);
    check_solves(*process(kind, plane_mixture, 2), 0.4, 0.12);
    check_solves(*process(kind, "means = (0, 1, 0), (1, 0, 0.5)\nsds = 0.5\n", 3), 0.4, 0.12);
    check_solves(*process(kind,
                          "population = uniform\npopulation_lower = -1, 0\n"
                          "population_upper = 1\n",
                          2),
                 0.4, 0.12);
  }
  check_solves(*process("rotating_ornstein_uhlenbeck", "", 2), 0.4, 0.1);
  check_solves(*process("rotating_ornstein_uhlenbeck", "theta = 0.5\nomega = -3\nsd = 0.7\n", 2),
               0.7, 0.1);
}

TEST_CASE("process: control, other equations are not solved", "[process_law]") {
  const auto stays = [](const Residuals& r) {
    CHECK(std::abs(slope(r.steps, r.errors)) < 0.2);
    CHECK(r.errors.back() > 1e-2);
  };
  for (const std::string kind : {"cir", "jacobi", "geometric_brownian_motion"}) {
    INFO(kind << " with Fick's law");
    const auto process = test::process(kind, "");
    stays(residuals(*process, *process, 0.3, 0.02, Form::fick));
  }
  const auto left = process("rotating_ornstein_uhlenbeck", "omega = 1\n", 2);
  const auto right = process("rotating_ornstein_uhlenbeck", "omega = -1\n", 2);
  stays(residuals(*left, *right, 0.4, 0.1));
  const auto diagonal = process("rotating_ornstein_uhlenbeck", "diffusion_matrix = 1, 0, 0.8\n", 2);
  stays(residuals(*left, *diagonal, 0.4, 0.1));
}

TEST_CASE("process: stationary laws have the current they say", "[process_law]") {
  struct Case {
    std::string kind, problem;
    int dimension;
    Point x;
  };
  for (const auto& [kind, problem, dimension, x] :
       {Case{"ornstein_uhlenbeck", "means = (0, 0, 0)\nsds = 1\ntheta = 2\n", 3, {0.4, -0.3, 0.8}},
        Case{"cir", "", 1, {0.7, 0, 0}}, Case{"jacobi", "", 1, {0.3, 0, 0}},
        Case{"double_well",
             "barrier = 2\nstiffness = 3\ndiffusion_coefficient = 0.7\n",
             3,
             {0.8, 0.3, -0.2}},
        Case{"rotating_ornstein_uhlenbeck", "", 2, {0.6, -0.4, 0}}}) {
    const auto process = test::process(kind, problem, dimension);
    for (int a = 0; a < dimension; ++a) {
      std::vector<double> steps, errors;
      for (const double h : {0.04, 0.02, 0.01}) {
        steps.push_back(h);
        errors.push_back(std::abs(current(*process, a, x, h) - process->stationary_current(a, x)));
      }
      INFO(kind << ", axis " << a);
      CHECK(slope(steps, errors) == Approx(4).margin(0.3));
    }
    if (const auto potential = process->potential()) {
      // q exp(U/D) is one number, and the drift is downhill.
      const auto law = process->stationary();
      const double D = process->diffusion(0, 0, x);
      CHECK(law->log_density(x) - law->log_density({}) ==
            Approx((potential({}) - potential(x)) / D).epsilon(1e-13));
      const double h = 1e-3;
      CHECK(
          process->drift(0, x) ==
          Approx((potential({x[0] - h, x[1], x[2]}) - potential({x[0] + h, x[1], x[2]})) / (2 * h))
              .epsilon(1e-5));
    }
  }
}

TEST_CASE("process: the rotating state's moments, currents and entropies", "[process_law]") {
  // Equal noise on both axes: v = omega J x, so 2 omega^2 / theta whatever D is.
  const auto round = process("rotating_ornstein_uhlenbeck",
                             "theta = 0.8\nomega = 1.5\ndiffusion_matrix = 0.6, 0, 0.6\n", 2);
  CHECK(round->entropy_production() == Approx(2 * 1.5 * 1.5 / 0.8).epsilon(1e-14));
  CHECK(process("rotating_ornstein_uhlenbeck", "omega = 0\n", 2)->entropy_production() < 1e-28);

  const auto process = test::process("rotating_ornstein_uhlenbeck", "", 2);
  const auto law = process->law(0.5);
  const auto q = process->stationary();
  const double det = 1 * 0.8 - 0.7 * 0.7;
  double mass = 0, entropy = 0, kl = 0, production = 0, xy = 0, total_current = 0;
  const double h = 0.05;  // the trapezoidal rule is exact to round-off for this spacing
  for (double x = -9; x < 9; x += h) {
    for (double y = -9; y < 9; y += h) {
      const Point at{x, y, 0};
      const double p = law->density(at), w = q->density(at);
      mass += p * h * h;
      entropy -= p * law->log_density(at) * h * h;
      kl += p * (law->log_density(at) - q->log_density(at)) * h * h;
      xy += w * x * y * h * h;
      const double jx = process->stationary_current(0, at), jy = process->stationary_current(1, at);
      total_current += std::hypot(jx, jy) * h * h;
      if (w > 0) {
        production += (0.8 * jx * jx - 2 * 0.7 * jx * jy + jy * jy) / det / w * h * h;
      }
    }
  }
  CHECK(mass == Approx(1).epsilon(1e-12));
  CHECK(law->entropy().value() == Approx(entropy).epsilon(1e-12));
  CHECK(process->relative_entropy(0.5).value() == Approx(kl).epsilon(1e-12));
  CHECK(q->moments().covariance[0][1] == Approx(xy).epsilon(1e-12));
  CHECK(process->entropy_production() == Approx(production).epsilon(1e-12));
  CHECK(total_current > 0.1);
  double cells = 0;
  for (int i = 0; i < 12; ++i) {
    for (int j = 0; j < 12; ++j) {
      cells += law->probability(
          {.lower = {-3 + 0.5 * i, -3 + 0.5 * j, 0}, .upper = {-2.5 + 0.5 * i, -2.5 + 0.5 * j, 0}});
    }
  }
  const Region box{.lower = {-3, -3, 0}, .upper = {3, 3, 0}};
  CHECK(law->probability(box) == Approx(cells).epsilon(1e-13));
  CHECK(law->mass_outside(box) >= 1 - cells);
  CHECK(law->mass_outside(box) <= 2 * (1 - cells));
}

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
  for (int n = 1; n <= 40; ++n) {
    euler.advance(density);
    const auto all = everywhere(density);
    double outside = 0;
    for (int i = 0; i < 1200; ++i) {
      const double x = flow->grid().axis(0).centre(i);
      if (std::abs(x) > 1.8) outside += all[static_cast<std::size_t>(i)] * 6 / 1200;
    }
    const double bound =
        process->mass_outside({.lower = {-1.8, 0, 0}, .upper = {1.8, 0, 0}}, 0.01 * n);
    CHECK(outside <= bound);
    CHECK(bound <= 1e-2);
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
