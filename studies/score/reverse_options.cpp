#include "studies/score/reverse_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "problems/processes/mixture.hpp"
#include "studies/score/step_cost.hpp"

namespace feller {

ForwardProcess forward_process(const Experiment& experiment) {
  const Process* process = experiment.problem().process();
  const auto potential = process == nullptr ? nullptr : process->potential();
  const Point somewhere{1, 1, 1};
  if (!potential || potential(somewhere) != 0 || process->diffusion(0, 0, somewhere) != 0.5) {
    throw experiment.parameters().blame(
        "problem.kind",
        "must be brownian with diffusion_coefficient = 0.5, z(t) = y + sqrt(t) eps");
  }
  const auto law = process->law(0);
  const auto& mixture = dynamic_cast<const Mixture&>(*law);
  const auto dimension = static_cast<std::size_t>(process->dimension());
  Clusters clusters{.dimension = dimension, .weights = {}, .means = {}, .variances = {}};
  for (const auto& [weight, along] : mixture.components()) {
    clusters.weights.push_back(weight);
    clusters.variances.push_back(along[0].sd * along[0].sd);
    for (std::size_t a = 0; a < dimension; ++a) {
      if (!along[a].normal()) {
        throw experiment.parameters().blame("problem.population",
                                            "must be a mixture or points, whose score is sums");
      }
      if (along[a].sd != along[0].sd) {
        throw experiment.parameters().blame("problem.sds", "must be the same along all axes here");
      }
      clusters.means.push_back(along[a].mean());
    }
  }
  return {process, clusters};
}

void ReverseOptions::declare(Parameters& p) {
  p.add("reverse.lambda", lambdas_,
        {.meaning = "members of the family: 0 is the ordinary differential equation",
         .range = range::not_negative});
  p.add("reverse.scheme", scheme_,
        {.meaning = "of order 1 or 2 in law", .choices = {"euler_maruyama", "heun"}});
  p.add("reverse.start", start_,
        {.meaning = "drawn from the exact p_T, or from N(0, T)", .choices = {"exact", "normal"}});
  p.add(
      "reverse.spacing", spacing_,
      {.meaning = "steps equal in t, in ln t, of least relative entropy of the path (see the study "
                  "schedule), or between reverse.times",
       .choices = {"uniform", "log", "optimal", "list"}});
  p.add("reverse.times", times_,
        {.meaning = "descending times T..t_0 of the coarsest grid; only for spacing = list",
         .unit = "T",
         .range = {.low = 1e-12, .high = 1e12}});
  p.add("reverse.from", from_, {.meaning = "T", .unit = "T", .range = {.low = 1e-9, .high = 1e12}});
  p.add("reverse.to", to_,
        {.meaning = "t_0 < T", .unit = "T", .range = {.low = 1e-12, .high = 1e9}});
  p.add("reverse.steps", steps_,
        {.meaning = "of the coarsest grid", .range = {.low = 1, .high = 1e6}});
  p.add("reverse.levels", levels_,
        {.meaning = "time grids, each with twice the steps of the one before",
         .range = {.low = 3, .high = 12}});
  p.add("reverse.particles", particles_, {.meaning = "of each motion", .range = {.low = 1000}});
  p.add("reverse.seed", seed_, {.meaning = "of the noise", .range = range::not_negative});
}

Times ReverseOptions::times(const Parameters& parameters, const Process& process) const {
  const auto given = parameters.given();
  const auto is_given = [&](const char* key) { return std::ranges::count(given, key) > 0; };
  if (spacing_ == "list") {
    for (const char* key : {"reverse.from", "reverse.to", "reverse.steps"}) {
      if (is_given(key)) throw parameters.blame(key, "has no meaning for spacing = list");
    }
    if (times_.size() < 2 ||
        std::ranges::adjacent_find(times_, std::less_equal{}) != times_.end()) {
      throw parameters.blame("reverse.times", "must be two or more times, descending");
    }
    return refined_times(times_, 1 << (levels_ - 1));
  }
  if (!times_.empty()) {
    throw parameters.blame("reverse.times", "belongs to reverse.spacing = list");
  }
  if (!(to_ < from_)) throw parameters.blame("reverse.to", "must be less than reverse.from");
  const int steps = steps_ << (levels_ - 1);
  if (spacing_ == "optimal") {
    if (process.dimension() > 1) {
      throw parameters.blame("reverse.spacing", "is for a problem on a line");
    }
    const Times ascending = StepCost{process, to_, from_}.optimal_times(steps);
    return {ascending.rbegin(), ascending.rend()};
  }
  return spacing_ == "log" ? log_times(from_, to_, steps) : uniform_times(from_, to_, steps);
}

LadderPlan ReverseOptions::plan(const Parameters& parameters, const Process& process) const {
  if (steps_ > 1000000 >> (levels_ - 1)) {
    throw parameters.blame("reverse.steps", "and levels ask for more than a million steps");
  }
  return {.times = times(parameters, process),
          .levels = levels_,
          .scheme = reverse_scheme(scheme_),
          .exact_start = start_ == "exact",
          .particles = particles_};
}

std::vector<NamedMotion> ReverseOptions::motions(const Parameters& parameters) const {
  auto sorted = lambdas_;
  std::ranges::sort(sorted);
  if (sorted.empty() || std::ranges::adjacent_find(sorted) != sorted.end()) {
    throw parameters.blame("reverse.lambda", "must be numbers that differ, one at least");
  }
  return motions_of(sorted);
}

}  // namespace feller
