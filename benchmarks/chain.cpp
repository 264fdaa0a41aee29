/// The chain on an image, on one rank: chain WIDTH HEIGHT STEPS
///
/// Four loops over the same pixels and steps take turns, five times: only drawing the Gaussian
/// numbers, block by block into a buffer; the chain with all steps of a block in the cache; the
/// chain step by step over the whole image; an ensemble of STEPS members that jump once. Prints the
/// medians in CPU nanoseconds a pixel and step, and the mean square of what was reached; then, a
/// line each, the sets of instructions that noise can be made with here, and what drawing takes
/// with each.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "benchmarks/cpu_time.hpp"
#include "solvers/ensemble.hpp"

namespace {

using namespace feller;

constexpr std::size_t block = 1024;

/// So that no number is left out because nobody looks at it.
volatile double seen = 0;

void draw_only(const Grid& grid, const std::vector<ChainMove>& steps, const NoiseKernel& kernel) {
  std::array<double, block> buffer;
  for (const CellRun& run : runs_of(grid, block)) {
    for (const auto& step : steps) {
      kernel.fill({.seed = 1, .step = step.step}, run.first, std::span{buffer}.first(run.cells));
      seen = buffer[run.cells / 2];
    }
  }
}

double nanoseconds(double numbers, auto&& loop) {
  const double begin = cpu_seconds();
  loop();
  return 1e9 * (cpu_seconds() - begin) / numbers;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

int run(char** arguments) {
  const int width = std::stoi(arguments[1]), height = std::stoi(arguments[2]);
  const int count = std::stoi(arguments[3]);
  const Grid grid{{{width, 0, double(width)}, {height, 0, double(height)}}};
  std::vector<ChainMove> steps;
  for (int i = 1; i <= count; ++i) steps.push_back(chain_step(0.02, i));
  const double numbers = static_cast<double>(grid.cells()) * count;
  Field u{grid, 1};          // its mean square stays 1
  std::uint32_t stream = 0;  // the noise of one round is not that of another
  std::array<std::vector<double>, 4> times;
  for (int round = 0; round < 5; ++round) {
    times[0].push_back(
        nanoseconds(numbers, [&] { draw_only(grid, steps, noise_kernels().front()); }));
    times[1].push_back(
        nanoseconds(numbers, [&] { advance(u, {.seed = 1, .stream = stream++}, steps); }));
    times[2].push_back(nanoseconds(numbers, [&] {
      for (const auto& step : steps) advance(u, {.seed = 1, .stream = stream}, step);
      ++stream;
    }));
    times[3].push_back(nanoseconds(numbers, [&] {
      const auto samples =
          run_ensemble(u, {.key = {.seed = 1}, .members = count, .legs = {{chain_jump(-0.5, 1)}}});
      seen = samples.front().mean.values().front();
    }));
  }
  double norm = 0;
  check(VecNorm(u.vector(), NORM_2, &norm));
  fmt::print("{} {} {} {} {}\n", median(times[0]), median(times[1]), median(times[2]),
             median(times[3]), norm * norm / static_cast<double>(grid.cells()));
  for (const auto& kernel : noise_kernels()) {
    std::vector<double> of_kernel;
    for (int round = 0; round < 5; ++round) {
      of_kernel.push_back(nanoseconds(numbers, [&] { draw_only(grid, steps, kernel); }));
    }
    fmt::print("{} {:.2f}\n", kernel.instructions, median(of_kernel));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "chain WIDTH HEIGHT STEPS\n");
    return 2;
  }
  const feller::Session session{1, argv};
  return run(argv);
}
