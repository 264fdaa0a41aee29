/// One density advanced to a time, or its steady state, by one method; CPU seconds by parts.
///
///     fokker_planck STUDY_FILE METHOD SOLVER END STEPS TRUNCATION OUTPUT
///
/// The file has [problem] and [grid]; METHOD is a propagator, or closed_form or null_vector for the
/// steady state, SOLVER what solves its linear systems, TRUNCATION the error of the mass at which
/// an exponential ends (0: round-off). Prints `set_up solve`. Set-up is rates and generator, and
/// the matrix or what an exponential has instead; solve is all after it, with factorisations, the
/// median of three. OUTPUT gets the density, doubles in natural order. One rank.

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "benchmarks/cpu_time.hpp"
#include "io/study_file.hpp"
#include "problems/fokker_planck.hpp"
#include "solvers/propagator.hpp"
#include "solvers/steady_state.hpp"

namespace {

using namespace feller;

struct Work {
  std::string method;
  double end = 0;
  int steps = 1;
  SolverOptions solver;
};

constexpr int repetitions = 3;

bool is_exponential(const Work& work) {
  return work.method == "chebyshev" || work.method == "uniformization";
}

std::unique_ptr<Propagator> propagator(const Generator& generator, const Work& work) {
  return make_propagator(work.method, generator, work.end / work.steps, work.solver);
}

/// All that is made once for a generator: a matrix, or what an exponential keeps instead.
std::unique_ptr<Propagator> set_up(const Generator& generator, const Work& work) {
  if (is_exponential(work)) return propagator(generator, work);
  if (work.method != "closed_form") generator.forward();
  return nullptr;
}

Field solve(const Generator& generator, const Field& start, const Work& work,
            Propagator* prepared) {
  if (work.method == "closed_form") return closed_form(generator, 1).density;
  if (work.method == "null_vector") return null_vector(generator, start, work.solver).state.density;
  std::unique_ptr<Propagator> factored;
  if (prepared == nullptr) factored = propagator(generator, work);
  Propagator& stepper = prepared ? *prepared : *factored;
  Field masses = masses_of(start);
  stepper.start_from(masses);
  for (int n = 0; n < work.steps; ++n) stepper.advance(masses, n);
  return densities_of(std::move(masses));
}

StudyFile read(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw InputError("cannot read " + path);
  return {path, text.str()};
}

std::unique_ptr<Problem> build(ProblemKind& kind, Parameters& parameters, const StudyFile& file) {
  kind.declare(parameters);
  parameters.read(file);
  return kind.build(parameters);
}

void write(const std::string& path, const Field& density) {
  std::ofstream file{path, std::ios::binary};
  const auto values = density.values();
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size_bytes()));
  if (!file) throw InputError("cannot write " + path);
}

void run(const std::string& path, const Work& work, const std::string& output) {
  const StudyFile file = read(path);
  const auto kind = fokker_planck();
  Parameters parameters;
  const auto problem = build(*kind, parameters, file);
  const Field start = problem->initial(0);
  double begin = cpu_seconds();
  const Generator generator{problem->rates(0), problem->log_weight(0)};
  const auto prepared = set_up(generator, work);
  const double set_up_time = cpu_seconds() - begin;
  std::array<double, repetitions> times{};
  std::optional<Field> result;
  for (double& time : times) {
    begin = cpu_seconds();
    result = solve(generator, start, work, prepared.get());
    time = cpu_seconds() - begin;
  }
  std::ranges::sort(times);
  fmt::print("{:.9f} {:.9f}\n", set_up_time, times[repetitions / 2]);
  write(output, *result);
}

}  // namespace

int main(int argc, char** argv) {
  const feller::Session session{argc, argv};
  const std::vector<std::string> words{argv + 1, argv + argc};
  if (words.size() != 7) {
    fmt::print(stderr, "fokker_planck STUDY_FILE METHOD SOLVER END STEPS TRUNCATION OUTPUT\n");
    return 2;
  }
  try {
    Work work{.method = words[1], .end = std::stod(words[3]), .steps = std::stoi(words[4])};
    work.solver = {.method = words[2], .truncation = std::stod(words[5]), .solves = work.steps};
    run(words[0], work, words[6]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
