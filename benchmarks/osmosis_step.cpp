/// One implicit step of osmosis at 512^2 by each solver method and time step, side by side.
///
/// `osmosis_step METHOD` prints rows of a table: iterations, CPU seconds of set-up and of one solve
/// (median of five), true residual, peak memory of the process so far less that before the first
/// solver. The image is the photographer, the guidance Gaussian noise with offset 6.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>

#include "benchmarks/cpu_time.hpp"
#include "io/study_file.hpp"
#include "problems/osmosis.hpp"
#include "solvers/functionals.hpp"
#include "solvers/linear_solver.hpp"

namespace {

using namespace feller;

double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct Timing {
  int iterations = 0;
  double set_up = 0;
  double solve = 0;
  double residual = 0;
};

/// |b - (I - tau A) x|_1 / |b|_1, without the matrix.
double residual(const Generator& generator, double tau, const Field& b, const Field& x) {
  Field image = generator.apply(x);
  check(VecAYPX(image.vector(), -tau, x.vector()));
  return l1_distance(b, image) / mass(b);
}

Timing measure(const Generator& generator, const Field& start, double tau,
               const std::string& method) {
  Timing timing;
  double begin = cpu_seconds();
  LinearSolver solver{generator, tau, {.method = method, .tolerance = 1e-8}};
  timing.set_up = cpu_seconds() - begin;
  std::array<double, 5> times{};
  for (double& time : times) {
    Field x{start};
    begin = cpu_seconds();
    timing.iterations = solver.solve(start, x).iterations;
    time = cpu_seconds() - begin;
    timing.residual = residual(generator, tau, start, x);
  }
  std::ranges::sort(times);
  timing.solve = times[2];
  return timing;
}

void run(const std::string& method) {
  const StudyFile file{std::string{FELLER_SOURCE_DIR} + "/studies/bench.ini",
                       "[problem]\nimage = images/camera.png\n"};
  const auto kind = osmosis();
  Parameters parameters;
  kind->declare(parameters);
  parameters.read(file);
  const auto problem = kind->build(parameters);
  const Generator generator = problem->generator(0);
  const Field start = problem->initial(0);
  generator.forward();
  const double memory = peak_mebibytes();
  for (const double tau : {1.0, 10.0, 1e3, 1e5}) {
    const Timing t = measure(generator, start, tau, method);
    fmt::print("| {} | {:g} | {} | {:.3f} | {:.3f} | {:.1e} | {:.0f} |\n", method, tau,
               t.iterations, t.set_up, t.solve, t.residual, peak_mebibytes() - memory);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const feller::Session session{argc, argv};
  run(argc > 1 ? argv[1] : "auto");
}
