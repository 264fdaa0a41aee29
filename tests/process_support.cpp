#include "tests/process_support.hpp"

#include <cmath>
#include <stdexcept>

namespace feller::test {
namespace {

using Line = std::function<double(double)>;

double slope_of(const Line& f, double h) {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

double second_slope_of(const Line& f, double h) {
  return (16 * (f(h) + f(-h)) - (f(2 * h) + f(-2 * h)) - 30 * f(0)) / (12 * h * h);
}

Point moved(Point x, int axis, double by) {
  x[static_cast<std::size_t>(axis)] += by;
  return x;
}

/// d_a (D_ab d_b p) for Fick; D is diagonal where it is used.
double fick_term(const Process& process, const Law& law, const Point& x, int a, double h) {
  const auto density = [&](double s) { return law.density(moved(x, a, s)); };
  const auto diffusion = [&](double s) { return process.diffusion(a, a, moved(x, a, s)); };
  return diffusion(0) * second_slope_of(density, h) + slope_of(diffusion, h) * slope_of(density, h);
}

}  // namespace

std::unique_ptr<Process> process(const std::string& kind, const std::string& problem,
                                 int dimension) {
  for (const auto& entry : process_kinds()) {
    if (entry.name != kind) continue;
    const StudyFile file{"test.ini", "[problem]\n" + problem};
    const auto made = entry.make();
    Parameters parameters;
    made->declare(parameters);
    parameters.read(file);
    return made->make(parameters, dimension);
  }
  throw std::invalid_argument("no such process");
}

std::string complaint(const std::string& kind, const std::string& problem, int dimension) {
  try {
    process(kind, problem, dimension);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

double line_integral(const Process& process, const Line& f) {
  const Region support = process.support();
  const bool above_zero = support.lower[0] == 0, below_one = support.upper[0] == 1;
  const double from = below_one ? -200 : above_zero ? -60 : -14;
  const double to = below_one ? 200 : above_zero ? 9 : 14;
  constexpr int count = 40000;
  const double h = (to - from) / count;
  long double sum = 0;
  for (int i = 0; i <= count; ++i) {
    const double u = from + i * h;
    if (below_one) {
      const double x = 1 / (1 + std::exp(-u)), rest = 1 / (1 + std::exp(u));
      if (x < 1) sum += f(x) * x * rest;
    } else if (above_zero) {
      sum += f(std::exp(u)) * std::exp(u);
    } else {
      sum += f(u);
    }
  }
  return static_cast<double>(sum * h);
}

double residual(const Process& process, const Point& x, double time, double step, double time_step,
                Form form) {
  const auto law = process.law(time);
  double sum = slope_of([&](double s) { return process.law(time + s)->density(x); }, time_step);
  for (int a = 0; a < process.dimension(); ++a) {
    sum += slope_of(
        [&](double s) {
          const Point at = moved(x, a, s);
          return process.drift(a, at) * law->density(at);
        },
        step);
    if (form == Form::fick) {
      sum -= fick_term(process, *law, x, a, step);
      continue;
    }
    for (int b = 0; b < process.dimension(); ++b) {
      const auto product = [&](const Point& at) {
        return process.diffusion(a, b, at) * law->density(at);
      };
      if (a == b) {
        sum -= second_slope_of([&](double s) { return product(moved(x, a, s)); }, step);
      } else {
        sum -= slope_of(
            [&](double s) {
              const Point at = moved(x, a, s);
              return slope_of([&](double r) { return product(moved(at, b, r)); }, step);
            },
            step);
      }
    }
  }
  return sum;
}

double current(const Process& process, int axis, const Point& x, double step) {
  const auto law = process.stationary();
  double sum = process.drift(axis, x) * law->density(x);
  for (int b = 0; b < process.dimension(); ++b) {
    sum -= slope_of(
        [&](double s) {
          const Point at = moved(x, b, s);
          return process.diffusion(axis, b, at) * law->density(at);
        },
        step);
  }
  return sum;
}

const std::vector<LineCase>& line_cases() {
  static const std::string mixture =
      "population = mixture\nweights = 0.3, 0.45, 0.25\nmeans = -1, 0.2, 1.3\n"
      "sds = 0.2, 0.15, 0.3\n";
  static const std::string uniform =
      "population = uniform\npopulation_lower = -1\npopulation_upper = 0.5\nstart = 0.05\n";
  static const std::string points =
      "population = points\nmeans = -1, 1\nweights = 1, 3\nstart = 0.1\n";
  static const std::vector<LineCase> cases{
      {"brownian", mixture},
      {"brownian", uniform},
      {"brownian", points},
      {"ornstein_uhlenbeck", mixture},
      {"ornstein_uhlenbeck", "theta = 1.7\ndiffusion_coefficient = 0.6\n" + uniform},
      {"ornstein_uhlenbeck", "theta = 0.8\n" + points},
      {"cir", ""},
      {"cir", "kappa = 2\ntheta = 0.5\nsigma = 1.3\npoint = 0.1\nstart = 0.4\n"},
      {"jacobi", ""},
      {"jacobi", "kappa = 2\ntheta = 0.7\nsigma = 1\npoint = 0.3\nstart = 0.05\n"},
      {"geometric_brownian_motion", ""},
      {"geometric_brownian_motion", "mu = -0.4\nsigma = 0.8\nlog_sd = 0\nstart = 0.2\n"},
  };
  return cases;
}

}  // namespace feller::test
