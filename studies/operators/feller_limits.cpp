#include "studies/operators/feller_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "problems/processes/process.hpp"
#include "solvers/functionals.hpp"

namespace feller {
namespace {

/// Mass of the law that has spread, beyond the box.
double spread_outside(const Problem& problem, const OrnsteinUhlenbeckTransition& transition,
                      double time) {
  const Grid& grid = problem.grid();
  const double growth = std::exp(transition.theta * time);
  const double width = growth * std::sqrt(2 * transition.variance(time));
  const Field tails = fill(grid, [&](const Index& cell) {
    const double x = growth * grid.centre(cell)[0];
    return (std::erfc((x - grid.axis(0).lower) / width) +
            std::erfc((grid.axis(0).upper - x) / width)) /
           2;
  });
  double outside = 0;
  check(VecDot(tails.vector(), masses_of(problem.initial(0)).vector(), &outside));
  return outside;
}

}  // namespace

void require_box(const Experiment& experiment, const OrnsteinUhlenbeckTransition& transition,
                 double time) {
  // A thousandth of the tightest claim, as a wall's effect is the mass there times L^2/variance.
  constexpr double tolerance = 1e-12;
  const Problem& problem = experiment.problem();
  const double outside =
      std::max(problem.process()->law(0)->mass_outside(region_of(problem.grid())),
               spread_outside(problem, transition, time));
  if (outside <= tolerance) return;
  throw experiment.parameters().blame(
      "grid.upper",
      fmt::format("the box is too narrow: backward from the initial density, {:.2g} of the mass "
                  "spreads beyond it until time.end = {:g}, must be <= {:g}: take a wider box or "
                  "a shorter time",
                  outside, time, tolerance));
}

void require_resolved(const Experiment& experiment, const FellerGrids& grids,
                      const OrnsteinUhlenbeckTransition& transition, const FellerPoint& where) {
  const auto refuse = [&](const std::string& words) {
    return experiment.parameters().blame("feller_moments.point", words);
  };
  const double growth = std::exp(transition.theta * where.time);
  const double width = growth * std::sqrt(transition.variance(where.time));
  const double coarse = grids.coarse->grid().axis(0).width(0);
  const double fine = grids.fine->grid().axis(0).width(0);
  const double widest_cell = std::sqrt(transition.diffusion / transition.theta) / 2;
  if (coarse > widest_cell) {
    throw experiment.parameters().blame(
        "grid.cells",
        fmt::format("are too wide: on half as many they are {:.3g}, must be {:.3g} at "
                    "most, half the stationary deviation",
                    coarse, widest_cell));
  }
  if (width < 2 * coarse) {
    throw refuse(
        fmt::format("the transition density has the width {:.3g}, must be {:.3g} at "
                    "least, twice a cell of the coarsest grid: take a longer time or "
                    "finer cells",
                    width, 2 * coarse));
  }
  // Truncation h^2 / (4 w^4) against round-off 2 epsilon / h^2, a hundred times as large.
  const double widest = fine / std::pow(800 * std::numeric_limits<double>::epsilon(), 0.25);
  if (width > widest) {
    throw refuse(
        fmt::format("the transition density has the width {:.3g}, must be {:.3g} at most, "
                    "or its residual is round-off: take a shorter time or coarser cells",
                    width, widest));
  }
  const double reach = residual_reach(transition);
  if (std::abs(where.later) * growth > reach) {
    throw refuse(
        fmt::format("the transition density is largest at x = {:.3g}, but the residual "
                    "is looked at where |x| <= {:.3g}: take a later value nearer to 0",
                    where.later * growth, reach));
  }
  const auto p = transition.density(where.later, where.time, where.earlier);
  if (std::abs(p.in_time) < 1e-10) {
    throw refuse(
        fmt::format("the transition density changes by {:.2g} a unit of time there, too "
                    "little for its sign to matter: take values nearer to each other",
                    p.in_time));
  }
}

}  // namespace feller
