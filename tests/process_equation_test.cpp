#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

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
