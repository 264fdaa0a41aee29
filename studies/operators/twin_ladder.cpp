#include "studies/operators/twin_ladder.hpp"

#include <fmt/format.h>

#include <cmath>

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
