#include "studies/chain/chain_flow.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"

namespace feller {
namespace {

const std::string v2 = "V2";

int half_way(const NoiseSchedule& schedule) {
  int best = 1;
  for (int i = 2; i <= schedule.steps(); ++i) {
    if (std::abs(schedule.survival(i) - 0.5) < std::abs(schedule.survival(best) - 0.5)) best = i;
  }
  return best;
}

Field flow(const Generator& generator, Field density, double time, const std::string& method,
           int steps) {
  const SolverOptions options{.tolerance = 1e-13, .solves = steps};
  const auto propagator = make_propagator(method, generator, time / steps, options);
  Field masses = masses_of(std::move(density));
  for (int n = 0; n < steps; ++n) propagator->advance(masses, n);
  return densities_of(std::move(masses));
}

Field exponential(const Generator& generator, Field density, double time) {
  return flow(generator, std::move(density), time, "uniformization", 1);
}

/// |chain - exponential|_1 of a problem, after ln a.
double distance(const Problem& problem, double log_survival) {
  const Field p = problem.initial(0);
  const Field chain = ChainKernel{problem.grid(), log_survival}.forward(p);
  return l1_distance(chain, exponential(problem.generator(0), p, -log_survival / 2));
}

}  // namespace

Checks flow_checks(const Experiment& experiment, const DensityChain& chain) {
  const Problem& problem = experiment.problem();
  const int i = half_way(chain.schedule());
  const double log_survival = chain.schedule().log_survival(i), t = -log_survival / 2, s = t / 3;
  const Generator generator = problem.generator(0);
  const Field p = problem.initial(0);
  const Field whole = exponential(generator, p, t);
  const Field cut = exponential(generator, exponential(generator, p, s), t - s);

  const double coarse = distance(problem, log_survival);
  const double fine = distance(*experiment.refined_problem(2), log_survival);
  constexpr int steps = 64;
  const double slow = l1_distance(flow(generator, p, t, "implicit_euler", steps), whole);
  const double slower = l1_distance(flow(generator, p, t, "implicit_euler", 2 * steps), whole);
  const double in_space = std::log2(coarse / fine), in_time = std::log2(slow / slower);
  return {
      {.name = "flow_cut",
       .claim = fmt::format("|e^((t-s)A) e^(sA) p - e^(tA) p|_1, A of Fokker-Planck, t = t_{} = "
                            "{:.4g}, s = t/3",
                            i, t),
       .measured = l1_distance(cut, whole),
       .bound = 1e-12,
       .statement = v2},
      {.name = "flow_space",
       .claim = fmt::format("|p_{} - e^(tA) p|_1: {:.4g}, on half the cell {:.4g}: order {:.4f}, "
                            "its distance from 2",
                            i, coarse, fine, in_space),
       .measured = std::abs(in_space - 2),
       .bound = 0.1,
       .statement = v2},
      {.name = "flow_time",
       .claim =
           fmt::format("|implicit Euler - e^(tA) p|_1: {:.4g} in {} steps, {:.4g} in {}: order "
                       "{:.4f}, its distance from 1",
                       slow, steps, slower, 2 * steps, in_time),
       .measured = std::abs(in_time - 1),
       .bound = 0.1,
       .statement = v2},
  };
}

}  // namespace feller
