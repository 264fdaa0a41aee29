#include "studies/operators/twin_ladder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/processes/process.hpp"
#include "solvers/eigenmodes.hpp"
#include "solvers/functionals.hpp"
#include "solvers/steady_state.hpp"
#include "studies/program/progress.hpp"

namespace feller {
namespace {

std::unique_ptr<Propagator> ready(const Problem& problem, const Generator& generator,
                                  const std::string& method, const Schedule& schedule) {
  auto propagator = make_propagator(method, generator, schedule.step,
                                    {.keep_positive = true, .solves = schedule.steps});
  propagator->start_from(masses_of(problem.initial(0)));
  return propagator;
}

Solution solve(const TwinRung& rung, const Generator& generator, Propagator& propagator,
               const Schedule& schedule) {
  Solution solution;
  Field masses = masses_of(rung.problem.initial(0));
  for (int n = 0;; ++n) {
    if (schedule.is_output(n)) {
      solution.states.push_back(densities_of(masses));
      const Field& u = solution.states.back();
      const Field exact = *rung.problem.exact(0, schedule.time(n));
      if (n > 0) {
        raise(solution.l1, l1_distance(u, exact));
        raise(solution.l2, l2_distance(u, exact));
        raise(solution.entropy, std::abs(differential_entropy(u) - differential_entropy(exact)));
      }
    }
    if (n == schedule.steps) break;
    propagator.advance(masses, n);
  }
  solution.gap_error = rung.twin.theta() - spectral_gap(generator);
  solution.defect = stationarity_defect(generator, rung.twin.stationary());
  return solution;
}

/// Orders are those of a density that the coarsest grid resolves.
void require_smooth(const Experiment& experiment) {
  const Parameters& parameters = experiment.parameters();
  bool uniform = false, fresh = false;
  for (const auto& [key, value] : parameters.resolved()) {
    if (key == "problem.population") uniform = value == Value{"uniform"};
    if (key == "problem.start") fresh = value == Value{0.0};
  }
  if (uniform && fresh) {
    throw parameters.blame("problem.population",
                           "jumps, where no scheme is of order 2: take a mixture, or problem.start "
                           "so long that cells resolve what it makes of the jumps");
  }
  const auto information = experiment.problem().process()->law(0)->fisher_information();
  const double h = experiment.problem().grid().axis(0).width(0);
  if (!information || h * std::sqrt(*information) <= 1) return;
  throw parameters.blame("grid.cells",
                         fmt::format("do not resolve the initial density: they are {:.3g} wide, "
                                     "its score's deviation is 1/{:.3g}",
                                     h, 1 / std::sqrt(*information)));
}

}  // namespace

TwinRung::TwinRung(std::unique_ptr<Problem> finer, const Problem& coarsest,
                   const Parameters& parameters, const std::string& method,
                   const Schedule& schedule)
    : own{std::move(finer)},
      problem{own ? *own : coarsest},
      twin{problem, parameters},
      by_osmosis{ready(problem, twin.osmosis(), method, schedule)},
      by_scharfetter_gummel{ready(problem, twin.scharfetter_gummel(), method, schedule)} {}

TwinLadder twin_ladder(const Experiment& experiment, int levels, const std::string& method,
                       const Schedule& schedule) {
  TwinLadder rungs;
  for (int k = 0, refinement = 1; k < levels; ++k, refinement *= 2) {
    rungs.push_back(std::make_unique<TwinRung>(
        k == 0 ? nullptr : experiment.refined_problem(refinement), experiment.problem(),
        experiment.parameters(), method, schedule));
  }
  return rungs;
}

void require_smooth_inside(const Experiment& experiment, const TwinLadder& ladder,
                           const Schedule& schedule) {
  require_smooth(experiment);
  const Problem& problem = experiment.problem();
  const Region box = region_of(problem.grid());
  double outside = problem.process()->stationary()->mass_outside(box);
  for (const int n : schedule.outputs) {
    raise(outside, problem.process()->law(schedule.time(n))->mass_outside(box));
  }
  double reach = 0;
  for (const auto& axis : problem.grid().axes()) {
    raise(reach, std::max(std::abs(axis.lower), std::abs(axis.upper)));
  }
  // A wall at L changes a gap by about theta^2 L^2 times the mass beyond; the gap's h^2/6 is
  // claimed up to theta h^2 of itself, of which that may be a tenth.
  const TwinEquation& finest = ladder.back()->twin;
  const double theta = finest.theta(), h2 = theta * std::pow(finest.width(), 2);
  const double most = 0.1 * h2 * h2 / 6 / std::max(1.0, theta * reach * reach);
  if (outside <= most) return;
  throw experiment.parameters().blame(
      "grid.upper", fmt::format("the box is too narrow: {:.2g} of the mass lies beyond it at some "
                                "time, must be <= {:.2g} beside the finest grid's error",
                                outside, most));
}

void climb(Experiment& experiment, TwinLadder& ladder, const Schedule& schedule) {
  const int levels = static_cast<int>(ladder.size());
  Progress progress{levels, experiment.problem().grid().comm()};
  progress.heading(fmt::format("{:>10} {:>14} {:>14}", "h", "L1 osmosis", "L1 S.-G."));
  for (int k = 0; k < levels; ++k) {
    TwinRung& rung = *ladder[static_cast<std::size_t>(k)];
    rung.osmosis = solve(rung, rung.twin.osmosis(), *rung.by_osmosis, schedule);
    rung.scharfetter_gummel =
        solve(rung, rung.twin.scharfetter_gummel(), *rung.by_scharfetter_gummel, schedule);
    progress.show(k + 1, fmt::format("{:>10.4g} {:>14.6g} {:>14.6g}", rung.twin.width(),
                                     rung.osmosis.l1, rung.scharfetter_gummel.l1));
  }
}

}  // namespace feller
