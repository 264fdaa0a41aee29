/// The steady state of osmosis with a shadow's edge, on one rank:
///
///     osmosis_steady WIDTH HEIGHT IMAGE MASK METHOD [RESULT]
///
/// IMAGE and RESULT are raw doubles, MASK raw doubles that are not 0 where no drift is wanted.
/// METHOD is one of the linear solvers, for the steady state; or "step", one implicit step of 1e5
/// by BiCGSTAB with ILU(0) to a residual of 1e-8, as one would write it with PETSc. Prints CPU
/// seconds up to the rates and from there on, iterations, |A u|_inf / |u|_inf, the relative change
/// of the mass and the peak memory of the process in bytes.

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <optional>

#include "benchmarks/cpu_time.hpp"
#include "problems/osmosis.hpp"
#include "solvers/steady_state.hpp"

namespace {

using namespace feller;

Field read(const Grid& grid, const char* path) {
  Field field{grid};
  const auto values = field.values();
  std::ifstream file{path, std::ios::binary};
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size_bytes()));
  if (!file) throw IoError(fmt::format("{} does not hold {} doubles", path, values.size()));
  return field;
}

void write(const Field& field, const char* path) {
  const auto values = field.values();
  std::ofstream file{path, std::ios::binary};
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size_bytes()));
}

/// The canonical drift, but none across faces that touch the mask.
JumpRates masked_rates(const Field& image, const Field& mask) {
  JumpRates rates = osmosis_rates(image, flux_weight("central"));
  const Ghosted edge{mask};
  for (auto& family : rates.families()) {
    auto forth = family.forth.values().begin(), back = family.back.values().begin();
    for_each(rates.grid().owned(), [&](const Index& k) {
      const Index l = k + family.step;
      if (rates.grid().inside(l) && (edge[k] != 0 || edge[l] != 0)) *forth = *back = 1;
      ++forth;
      ++back;
    });
  }
  return rates;
}

/// Not from rusage, which begins with the parent's.
double peak_memory() {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;) {
    double kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return 1024 * kibibytes;
  }
  return 0;
}

double norm(const Field& field) {
  double size = 0;
  check(VecNorm(field.vector(), NORM_INFINITY, &size));
  return size;
}

struct Result {
  Field state;
  int iterations = 0;
};

Result solve(const Generator& generator, const Field& image, const std::string& method) {
  if (method == "step") {
    LinearSolver solver{generator, 1e5, {.method = "bicgstab_ilu", .tolerance = 1e-8}};
    Result result{image};
    result.iterations = solver.solve(image, result.state).iterations;
    return result;
  }
  NullVector found = null_vector(generator, image, {.method = method});
  Result result{std::move(found.state.density)};
  for (const auto& step : found.history) result.iterations += step.iterations;
  return result;
}

int run(char** arguments) {
  const double width = std::stoi(arguments[1]), height = std::stoi(arguments[2]);
  const Grid grid{{{static_cast<int>(width), 0, width}, {static_cast<int>(height), 0, height}}};
  const Field image = read(grid, arguments[3]);
  std::optional<Field> mask{read(grid, arguments[4])};
  double begin = cpu_seconds();
  const Generator generator{masked_rates(image, *mask)};
  mask.reset();
  const double rates = cpu_seconds() - begin;
  begin = cpu_seconds();
  const Result found = solve(generator, image, arguments[5]);
  const double seconds = cpu_seconds() - begin;
  const double defect = norm(generator.apply(found.state)) / norm(found.state);
  fmt::print("{} {} {} {} {} {}\n", rates, seconds, found.iterations, defect,
             std::abs(total(found.state) / total(image) - 1), peak_memory());
  if (arguments[6] != nullptr) write(found.state, arguments[6]);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6 && argc != 7) {
    fmt::print(stderr, "osmosis_steady WIDTH HEIGHT IMAGE MASK METHOD [RESULT]\n");
    return 2;
  }
  const feller::Session session{1, argv};
  return run(argv);
}
