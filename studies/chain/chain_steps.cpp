#include "studies/chain/chain_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "problems/process_problem.hpp"
#include "solvers/functionals.hpp"
#include "solvers/marginals.hpp"

namespace feller {
namespace {

constexpr double round_off = 1e-12;
constexpr double almost_normal = 0.01;
const std::string v1 = "V1";

Field exact(const Problem& problem, double log_survival) {
  return cell_means(*law_at(problem, log_survival), problem.grid());
}

/// Of |p_i - law|_1.
double error_bound(const Field& law, const Field& initial, double log_survival) {
  double h = 0;
  for (const auto& axis : law.grid().axes()) h = std::max(h, axis.width(0));
  const double smooth = -std::expm1(2 * log_survival) / 2880 * roughness(law, 2);
  const double slope =
      std::sqrt(2 * std::exp(log_survival) / (-std::expm1(log_survival) * std::numbers::pi));
  return round_off + 1.5 * (smooth + h / 24 * slope * roughness(initial, 2));
}

/// Mass 1 in the cell next to the origin.
Field dirac(const Grid& grid) {
  double nearest = HUGE_VAL, number = HUGE_VAL;
  const auto distance = [&](const Index& cell) {
    const Point x = grid.centre(cell);
    return x[0] * x[0] + x[1] * x[1] + x[2] * x[2];
  };
  for_each(grid.owned(), [&](const Index& cell) { nearest = std::min(nearest, distance(cell)); });
  nearest = minimum(grid.comm(), nearest);
  for_each(grid.owned(), [&](const Index& cell) {
    if (distance(cell) > nearest) return;
    number = std::min(number, static_cast<double>(grid.natural(cell)));
  });
  number = minimum(grid.comm(), number);
  return fill(grid, [&](const Index& cell) {
    return static_cast<double>(grid.natural(cell)) == number ? 1 / grid.volume(cell) : 0;
  });
}

/// Variance of a Dirac mass after a kernel, less the share h^2/12 that the grid adds to noise.
double variance_of_noise(const Grid& grid, double log_survival) {
  const double h = grid.axis(0).width(0);
  const Field p = ChainKernel{grid, log_survival}.forward(dirac(grid));
  return cumulants(p, 0).variance / (1 + h * h / 12);
}

/// How much more moments are off after i steps than those of the initial cell means, which shrink.
struct MomentErrors {
  double mean = 0;
  double variance = 0;
  double reach = 0;  ///< largest |x|
};

MomentErrors moment_errors(const Problem& problem, const DensityChain& chain,
                           const ChainWalk& walk) {
  MomentErrors worst;
  for (int axis = 0; axis < chain.grid().dimension(); ++axis) {
    const Axis& line = chain.grid().axis(axis);
    const double h = line.width(0);
    const auto a = static_cast<std::size_t>(axis);
    raise(worst.reach, std::max(std::abs(line.lower), std::abs(line.upper)));
    double first_mean = 0, first_variance = 0;
    for (std::size_t n = 0; n < walk.size(); ++n) {
      const double log_survival = chain.schedule().log_survival(walk.steps[n]);
      const Moments exact = law_at(problem, log_survival)->moments();
      const Cumulants found = cumulants(walk.forward[n], axis);
      const double mean = std::abs(found.mean - exact.mean[a]);
      const double variance = std::abs(found.variance - h * h / 12 - exact.covariance[a][a]);
      if (n == 0) {
        first_mean = mean;
        first_variance = variance;
      }
      raise(worst.mean, mean - std::exp(log_survival / 2) * first_mean);
      raise(worst.variance, variance - std::exp(log_survival) * first_variance);
    }
  }
  return worst;
}

}  // namespace

StepErrors step_errors(const Problem& problem, const DensityChain& chain, const ChainWalk& walk) {
  StepErrors errors;
  for (std::size_t n = 0; n < walk.size(); ++n) {
    const int i = walk.steps[n];
    const double log_survival = chain.schedule().log_survival(i);
    const Field law = exact(problem, log_survival);
    errors.law.push_back(l1_distance(walk.forward[n], law));
    errors.bound.push_back(i == 0 ? round_off
                                  : error_bound(law, walk.forward.front(), log_survival));
    errors.jump.push_back(l1_distance(walk.forward[n], chain.jump(walk.forward.front(), 0, i)));
  }
  return errors;
}

Checks step_checks(const Problem& problem, const DensityChain& chain, const ChainWalk& walk,
                   const StepErrors& errors) {
  double ratio = 0, most = 0, jump = 0;
  for (std::size_t n = 1; n < walk.size(); ++n) {
    raise(ratio, errors.law[n] / errors.bound[n]);
    raise(most, errors.law[n]);
    raise(jump, errors.jump[n]);
  }
  const MomentErrors moments = moment_errors(problem, chain, walk);
  const double reach = std::max(1.0, moments.reach);
  const double beta = chain.schedule().beta(1);
  const double variance = variance_of_noise(chain.grid(), chain.schedule().log_survival(1));
  return {
      {.name = "steps_jump",
       .claim = "(5), product from j = 1: largest |i steps by (4) - jump 0 to i|_1 of all outputs",
       .measured = jump,
       .bound = round_off + walking_error(chain, walk.last()),
       .statement = v1},
      {.name = "steps_law",
       .claim = fmt::format("(3), (4): largest |p_i - law of U_i|_1, {:.3g}, over its bound, "
                            "h^4 for smooth densities, h^2 where p_0 jumps",
                            most),
       .measured = ratio,
       .bound = 1,
       .statement = v1},
      {.name = "mean",
       .claim = "largest |E U_i - sqrt(a_i) E U_0|: what the steps add to the error of the start",
       .measured = moments.mean,
       .bound = round_off * reach,
       .statement = v1},
      {.name = "variance",
       .claim = "largest |Var U_i - a_i Var U_0 - (1 - a_i)|: what the steps add to the error of "
                "the start",
       .measured = moments.variance,
       .bound = round_off * reach * reach,
       .statement = v1},
      {.name = "variance_of_a_step",
       .claim =
           fmt::format("|Var(U_1 | u_0) - beta_1|: {:.12g} from a Dirac mass, beta_1 = {:.12g}",
                       variance, beta),
       .measured = std::abs(variance - beta),
       .bound = round_off,
       .statement = v1},
  };
}

void add_index_controls(Experiment& experiment, const DensityChain& chain) {
  const Problem& problem = experiment.problem();
  const double beta = chain.schedule().beta(1), log_survival = chain.schedule().log_survival(1);
  // (5) names no beta_0; the first that there is.
  const double printed = 2 * log_survival;
  const double variance = variance_of_noise(chain.grid(), printed);
  experiment.add({.name = "control_variance",
                  .claim = fmt::format("(5) as printed, product from j = 0: Var(U_1 | u_0) = "
                                       "{:.6g}, by (3) {:.6g}; their distance",
                                       variance, beta),
                  .measured = std::abs(variance - beta),
                  .relation = Relation::greater,
                  .bound = 10 * round_off,
                  .is_control = true,
                  .statement = v1,
                  .misprint = "Peter 2023, (5)"});
  const Field initial = problem.initial(0);
  if (distance_from_normal(initial) < almost_normal) {
    experiment.say("control_index: left out, the data are almost N(0, I), which noise keeps");
    return;
  }
  const Field law = exact(problem, log_survival);
  const double error = error_bound(law, initial, log_survival);
  // What the printed law is away from the right one, both exact.
  if (l1_distance(exact(problem, printed), law) < 20 * error) {
    experiment.say("control_index: left out, the cells are too wide to tell one step more");
    return;
  }
  experiment.add({.name = "control_index",
                  .claim = "|p_1 by (5) as printed, product from j = 0, - law of U_1|_1",
                  .measured = l1_distance(ChainKernel{chain.grid(), printed}.forward(initial), law),
                  .relation = Relation::greater,
                  .bound = 10 * error,
                  .is_control = true,
                  .statement = v1,
                  .misprint = "Peter 2023, (5)"});
}

}  // namespace feller
