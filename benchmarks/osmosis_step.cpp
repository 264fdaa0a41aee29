/// One implicit step of osmosis at 512^2 by each solver method and time step, side by side.
///
/// Prints a table: iterations, CPU seconds of set-up and of one solve (median of five, on rank 0),
/// relative L1 difference to the direct solution. The image is the photographer, the guidance
/// Gaussian noise with offset 6, as in studies/osmosis_cat.ini.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>

#include "io/study_file.hpp"
#include "problems/osmosis.hpp"
#include "solvers/functionals.hpp"
#include "solvers/linear_solver.hpp"

namespace {

using namespace feller;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Timing {
  int iterations = 0;
  double set_up = 0;
  double solve = 0;
  double difference = 0;
};

Timing measure(const Generator& generator, const Field& start, const Field& expected, double tau,
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
    timing.difference = l1_distance(x, expected) / mass(expected);
  }
  std::ranges::sort(times);
  timing.solve = times[2];
  return timing;
}

void run() {
  const StudyFile file{std::string{FELLER_SOURCE_DIR} + "/studies/bench.ini",
                       "[problem]\nimage = images/camera.png\n"};
  const auto kind = osmosis();
  Parameters parameters;
  kind->declare(parameters);
  parameters.read(file);
  const auto problem = kind->build(parameters);
  const Generator generator{problem->rates(0), problem->log_weight(0)};
  const Field start = problem->initial(0);
  generator.forward();
  const bool root = rank_of(PETSC_COMM_WORLD) == 0;
  if (root) {
    fmt::print(
        "| time step | method | iterations | set-up, CPU s | solve, CPU s | difference |\n"
        "|---|---|---|---|---|---|\n");
  }
  for (const double tau : {1.0, 10.0, 1e3, 1e5}) {
    Field expected{start};
    LinearSolver{generator, tau, {.method = "direct"}}.solve(start, expected);
    for (const std::string method : {"bicgstab_ilu", "cg_icc", "amg", "direct"}) {
      const Timing t = measure(generator, start, expected, tau, method);
      if (root) {
        fmt::print("| {:g} | {} | {} | {:.3f} | {:.3f} | {:.1e} |\n", tau, method, t.iterations,
                   t.set_up, t.solve, t.difference);
      }
    }
    const auto choice = choose_method(generator, tau, {});
    if (root) fmt::print("| {:g} | auto, one step | takes {} | | | |\n", tau, choice.method);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const feller::Session session{argc, argv};
  run();
}
