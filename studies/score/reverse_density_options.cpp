#include "studies/score/reverse_density_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/reverse_flow.hpp"
#include "studies/chain/chain_problem.hpp"
#include "studies/score/noised.hpp"

namespace feller {
namespace {

constexpr double lost = 1e-14;         ///< mass that may lie beyond the box
constexpr double smallest_log = -600;  ///< ln p at the corners of the box: 1e-261
constexpr double largest_change = 20;  ///< of ln p in a step: leaves 1e-7 of round-off in tails
constexpr double most_products = 1e7;  ///< with the matrix of the finest rung
constexpr double most_memory = 4e9;    ///< bytes over all ranks

double corner_log_density(const Law& law, const Grid& grid) {
  double least = std::numeric_limits<double>::infinity();
  for (int corner = 0; corner < 1 << grid.dimension(); ++corner) {
    Point x{};
    for (int a = 0; a < grid.dimension(); ++a) {
      const Axis& axis = grid.axis(a);
      x[static_cast<std::size_t>(a)] = (corner >> a & 1) != 0 ? axis.upper : axis.lower;
    }
    least = std::min(least, law.log_density(x));
  }
  return least;
}

std::unique_ptr<Law> normal_law(const Process& process, const DensityPlan& plan) {
  const Spread normal{0, 0, std::sqrt(plan.from / (1 + plan.from))};
  return std::make_unique<Mixture>(process.dimension(),
                                   std::vector{Component{.along = {normal, normal, normal}}});
}

}  // namespace

double DensityPlan::noise_at(int step, int all) const {
  return step == all ? from : to * std::pow(from / to, double(step) / all);
}

double time_of_noise(const Process& process, double t) {
  return std::max(0.0, std::log1p(t) / 2 - process.age(0));
}

Times DensityPlan::times(const Process& process, int all) const {
  Times times;
  for (int n = 0; n <= all; ++n) times.push_back(time_of_noise(process, noise_at(n, all)));
  return times;
}

bool keeps_laws(const NamedMotion& motion) {
  return excess(motion.motion) == 0;
}

bool is_doubled(const NamedMotion& motion) {
  return !keeps_laws(motion) && !motion.printed;
}

std::unique_ptr<Law> start_law(const Process& process, const DensityPlan& plan) {
  if (plan.exact_start) return process.law(time_of_noise(process, plan.from));
  return normal_law(process, plan);
}

std::optional<Clusters> clusters_of(const Mixture& population) {
  const auto dimension = static_cast<std::size_t>(population.dimension());
  Clusters clusters{.dimension = dimension, .weights = {}, .means = {}, .variances = {}};
  for (const auto& [weight, along] : population.components()) {
    clusters.weights.push_back(weight);
    clusters.variances.push_back(along[0].sd * along[0].sd);
    for (std::size_t a = 0; a < dimension; ++a) {
      if (along[a].upper != along[a].lower) return std::nullopt;
      clusters.means.push_back(along[a].mean());
    }
  }
  return clusters;
}

void ReverseDensityOptions::declare(Parameters& p) {
  p.add("reverse_density.lambda", lambdas_,
        {.meaning = "members of the family: 0 is the probability flow, without noise",
         .range = {.low = 0, .high = 10}});
  p.add("reverse_density.start", start_,
        {.meaning = "the exact p_T, or N(0, T)", .choices = {"exact", "normal"}});
  p.add("reverse_density.from", from_, {.meaning = "T", .unit = "T", .range = range::positive});
  p.add("reverse_density.to", to_, {.meaning = "t_0 < T", .unit = "T", .range = range::positive});
  p.add("reverse_density.steps", steps_,
        {.meaning = "of the coarsest rung, uniform in ln t", .range = {.low = 2, .high = 1e5}});
  p.add("reverse_density.levels", levels_,
        {.meaning = "rungs, each with twice the cells along an axis and twice the steps of the one "
                    "before",
         .range = {.low = 3, .high = 8}});
  p.add("reverse_density.particles", particles_,
        {.meaning = "of each motion, to compare with; 0: none", .range = range::not_negative});
  p.add("reverse_density.seed", seed_,
        {.meaning = "of the noise of the particles", .range = range::not_negative});
}

DensityPlan ReverseDensityOptions::plan(const Experiment& experiment) const {
  const Parameters& parameters = experiment.parameters();
  require_chain_process(experiment);
  if (!(to_ < from_)) {
    throw parameters.blame("reverse_density.to", "must be less than reverse_density.from");
  }
  if (to_ < first_noise(experiment) * (1 - 1e-12)) {
    throw parameters.blame("reverse_density.to",
                           fmt::format("must be at least {:g}, the noise that the problem starts "
                                       "with",
                                       first_noise(experiment)));
  }
  auto sorted = lambdas_;
  std::ranges::sort(sorted);
  if (sorted.empty() || std::ranges::adjacent_find(sorted) != sorted.end()) {
    throw parameters.blame("reverse_density.lambda", "must be numbers that differ, one at least");
  }
  if (particles_ > 0 && particles_ < 1000) {
    throw parameters.blame("reverse_density.particles", "must be 0 or at least 1000");
  }
  DensityPlan plan{.from = from_,
                   .to = to_,
                   .exact_start = start_ == "exact",
                   .steps = steps_,
                   .levels = levels_,
                   .particles = particles_,
                   .seed = static_cast<std::uint64_t>(seed_),
                   .motions = motions_of(sorted)};
  if (sorted.front() == 0) {
    plan.motions.push_back({.name = "doubled",
                            .words = "lambda = 1 without its noise",
                            .lambda = 1,
                            .motion = {.drift = 1, .noise = 0}});
  }
  judge_box(experiment, plan);
  judge(experiment, plan);
  return plan;
}

void ReverseDensityOptions::judge_box(const Experiment& experiment, const DensityPlan& plan) const {
  const Parameters& parameters = experiment.parameters();
  const Grid& grid = experiment.problem().grid();
  const Process& process = *experiment.problem().process();
  const Region box = region_of(grid);
  const auto last = process.law(time_of_noise(process, plan.from));
  const auto first = process.law(time_of_noise(process, plan.to));
  const double outside = std::max({last->mass_outside(box), first->mass_outside(box),
                                   normal_law(process, plan)->mass_outside(box)});
  if (!(outside <= lost)) {
    throw parameters.blame(
        "grid.upper", fmt::format("and grid.lower must hold p_T and N(0, T) but for 1e-14 of the "
                                  "mass in x = z/sqrt(1 + t), this box leaves {:.2g} out",
                                  outside));
  }
  const double least = corner_log_density(*first, grid);
  if (!(least >= smallest_log)) {
    throw parameters.blame("grid.upper",
                           fmt::format("and grid.lower reach to where p at t_0 is 1e{:.0f}: ratios "
                                       "to it need 1e-260, so make the box smaller",
                                       std::max(least / std::log(10.0), -99999.0)));
  }
}

void ReverseDensityOptions::judge(const Experiment& experiment, const DensityPlan& plan) const {
  const Parameters& parameters = experiment.parameters();
  const Problem& problem = experiment.problem();
  const Process& process = *problem.process();
  const Generator generator = problem.generator(0);
  const double finer = std::pow(2, plan.levels - 1);
  const double cells =
      static_cast<double>(problem.grid().cells()) * std::pow(finer, problem.grid().dimension());
  if (16 * cells * std::sqrt(8 * plan.steps * finer) > most_memory || cells > 2e9) {
    throw parameters.blame("reverse_density.levels",
                           fmt::format("ask for {:.3g} cells, too many to keep a forward solution "
                                       "of",
                                       cells));
  }
  const Times times = plan.times(process, plan.steps);
  const double products = generator.largest_outflow() * finer * finer * times.back();
  if (products > most_products) {
    throw parameters.blame("reverse_density.levels",
                           fmt::format("ask for {:.2g} products with the finest grid's matrix, at "
                                       "most 1e7 are allowed",
                                       products));
  }
  const Field start = masses_of(problem.initial(0));
  const Field first = ForwardHistory{generator, start, {0, times.front()}, 0}.last();
  const ForwardHistory coarsest{generator, times.front() > 0 ? first : start, times, 0};
  if (!(coarsest.least() > 0)) {
    throw parameters.blame("grid.upper",
                           "and grid.lower reach to where the density on the grid is 0: make the "
                           "box smaller, or start the problem later");
  }
  if (!(coarsest.largest_change() <= largest_change)) {
    throw parameters.blame("reverse_density.steps",
                           fmt::format("must be more: in one of them the density falls by "
                                       "e^{:.3g} at the border, at most e^20 can be carried back",
                                       coarsest.largest_change()));
  }
}

}  // namespace feller
