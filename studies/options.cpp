#include "studies/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "problems/registry.hpp"
#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"
#include "studies/registry.hpp"

namespace feller {
namespace {

std::vector<std::string> names(const auto& entries) {
  std::vector<std::string> list;
  for (const auto& entry : entries) list.emplace_back(entry.name);
  return list;
}

}  // namespace

void StudyOptions::declare(Parameters& p) {
  p.add("study.kind", kind,
        {.meaning = "what is asked", .choices = names(study_kinds()), .required = true});
  p.add("problem.kind", problem,
        {.meaning = "what is solved", .choices = names(problem_kinds()), .required = true});
  p.add("study.title", title, {.meaning = "title of the output; default: the file's name"});
  p.add("study.output", output,
        {.meaning = "HDF5 file to write, from the working directory; its folder must exist",
         .required = true});
  p.add("study.overwrite", overwrite, {.meaning = "replace an output file that exists"});
  p.add_section("petsc", petsc, {.meaning = "PETSc options without the dash: ksp_monitor ="});
}

bool Schedule::is_output(int n) const {
  return std::ranges::binary_search(outputs, n);
}

double Schedule::mass_bound() const {
  return 1e-13 * end() + 2 * std::numeric_limits<double>::epsilon() * (steps + 1);
}

void TimeOptions::declare(Parameters& p, bool required) {
  auto methods = names(propagators());
  methods.push_back("auto");
  p.add("time.method", method,
        {.meaning = "propagator; auto: by stiffness and by what must be guaranteed, with a word "
                    "why",
         .choices = methods});
  p.add("time.tolerance", tolerance,
        {.meaning = "error of the mass per unit of time, to which an implicit method cuts its "
                    "steps and an exponential its polynomial; 0: steps as they are, exponentials "
                    "to round-off",
         .unit = "1/T",
         .range = range::not_negative});
  p.add("time.step", step,
        {.meaning = "time step; shortened so that it divides the end",
         .unit = "T",
         .range = range::positive,
         .required = required});
  p.add("time.end", end,
        {.meaning = "end time", .unit = "T", .range = range::positive, .required = required});
  p.add("time.outputs", outputs,
        {.meaning = "times at which fields are written, moved to the nearest step; default: 0 and "
                    "the end",
         .unit = "T",
         .range = range::not_negative});
}

Schedule TimeOptions::schedule(const Parameters& parameters, int refinement) const {
  if (step == 0) throw parameters.blame("time.step", "is missing");
  if (end == 0) throw parameters.blame("time.end", "is missing");
  const double count = std::ceil(end / (step * refinement) - 1e-9);
  if (!(count <= 1e9)) {
    throw parameters.blame("time.step", fmt::format("needs {:.3g} steps, at most 1e9", count));
  }
  Schedule schedule;
  schedule.steps = std::max(1, static_cast<int>(count));
  schedule.step = end / schedule.steps;
  schedule.tolerance = tolerance;
  for (const double time : outputs.empty() ? std::vector<double>{0, end} : outputs) {
    if (time > end * (1 + 1e-12)) {
      throw parameters.blame("time.outputs",
                             fmt::format("{} lies beyond time.end = {}", time, end));
    }
    schedule.outputs.push_back(
        std::min(schedule.steps, static_cast<int>(std::lround(time / schedule.step))));
  }
  std::ranges::sort(schedule.outputs);
  const auto repeated = std::ranges::unique(schedule.outputs);
  schedule.outputs.erase(repeated.begin(), repeated.end());
  return schedule;
}

void SolverSection::declare(Parameters& p) {
  p.add("solver.method", options.method,
        {.meaning = "linear solver of implicit steps", .choices = names(solver_methods())});
  p.add("solver.tolerance", options.tolerance,
        {.meaning = "residual relative to the right-hand side at which iterations stop",
         .range = {.low = 0, .high = 0.1, .low_allowed = false}});
  p.add("solver.max_iterations", options.max_iterations,
        {.meaning = "iterations after which a solve has failed", .range = range::at_least_one});
}

void ObserveOptions::validate(const Parameters& parameters) const {
  for (auto name = functionals.begin(); name != functionals.end(); ++name) {
    if (std::find(functionals.begin(), name, *name) != name) {
      throw parameters.blame("observe.functionals", fmt::format("names {} twice", *name));
    }
  }
}

void ObserveOptions::declare(Parameters& p) {
  p.add("observe.functionals", functionals,
        {.meaning = "columns of the diagnostics, the main one first; default: what suits the "
                    "problem",
         .choices = names(feller::functionals())});
  p.add("observe.every", every,
        {.meaning = "steps between two rows of the diagnostics", .range = range::at_least_one});
  p.add("observe.spectral_gap", spectral_gap,
        {.meaning = "compute the gap and check the decay against it (detailed balance only)"});
}

}  // namespace feller
