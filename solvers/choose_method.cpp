#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/linear_solver.hpp"
#include "solvers/multigrid.hpp"
#include "solvers/refined_steady_state.hpp"

namespace feller {
namespace {

/// Estimated nanoseconds a cell: to set up, and for one solve. Fitted to measurements of rough
/// images of 512^2 and 1024^2 pixels on one core; see docs/performance.md.
struct Cost {
  std::string method;
  double set_up;
  double solve;

  double of(int solves) const { return set_up + solve * solves; }
};

/// `stiffness` = tau max|A_KK| counts how far mass moves in one step, in cells squared.
Cost krylov_cost(bool symmetric, double stiffness) {
  const double sweeps = std::sqrt(std::max(stiffness, 1.0));
  return symmetric ? Cost{"cg_icc", 71, 60 * sweeps} : Cost{"bicgstab_ilu", 90, 80 * sweeps};
}

Cost amg_cost(bool symmetric, int dimension, double stiffness) {
  const double solve = 305 + 157 * std::log10(std::max(stiffness, 1.0));
  const double set_up = dimension == 3 ? 3450 : 690;
  return {"amg", set_up, symmetric ? solve : 2 * solve};
}

/// Without detailed balance a near-null vector is found first, and a step takes two cycles.
Cost multigrid_cost(bool symmetric, double stiffness) {
  const double solve = 310 + 45 * std::log10(std::max(stiffness, 1.0));
  return symmetric ? Cost{"multigrid", 200, solve} : Cost{"multigrid", 1800, 2 * solve};
}

Cost direct_cost(bool symmetric, int dimension, double cells) {
  const double twice = symmetric ? 1 : 2;
  const double size = cells / (512.0 * 512.0);
  if (dimension == 1) return {"direct", 100, 40 * twice};
  if (dimension == 2) {
    return {"direct", twice * 2000 * std::sqrt(size),
            twice * std::max(40.0, 119 + 12 * std::log2(size))};
  }
  return {"direct", twice * 40'000 * size, twice * 3000 * std::cbrt(size)};
}

}  // namespace

bool factors_fit(const Grid& grid) {
  const PetscInt most = grid.dimension() == 2 ? 4'000'000 : 100'000;
  return grid.dimension() == 1 || grid.cells() <= most;
}

std::vector<SolverMethod> solver_methods() {
  return {
      {"auto", "the least estimated time for all steps; direct where values must stay positive"},
      {"bicgstab_ilu", "BiCGSTAB with ILU(0) in u, as in Peter 2023"},
      {"cg_icc", "CG with IC(0) in w = u/v; needs detailed balance; for small time steps"},
      {"amg", "CG in w = u/v (else BiCGSTAB in u) with BoomerAMG; for large time steps"},
      {"multigrid",
       "CG in w = u/v (else BiCGSTAB in u over a near-null vector) with black-box multigrid, "
       "without "
       "a matrix; for images and planes without periodic borders"},
      {"direct", "Cholesky (else LU), factored once; keeps positivity to the last digit"}};
}

namespace {

/// The methods that can be had for this system, with their estimated cost.
std::vector<Cost> candidates(const Generator& generator, double tau, bool keep_positive) {
  const Grid& grid = generator.grid();
  const int dimension = grid.dimension();
  const double stiffness = tau * generator.largest_outflow();
  const bool symmetric = generator.reversible() && generator.log_weight_range() < 600;
  std::vector<Cost> costs{krylov_cost(symmetric, stiffness),
                          amg_cost(symmetric, dimension, stiffness)};
  // A near-null vector that spans many orders of magnitude is none to divide by.
  if ((symmetric || !keep_positive) && Multigrid::suits(generator.rates())) {
    costs.push_back(multigrid_cost(symmetric, stiffness));
  }
  if (factors_fit(grid)) {
    costs.push_back(direct_cost(symmetric, dimension, static_cast<double>(grid.cells())));
  }
  return costs;
}

}  // namespace

Choice choose_method(const Generator& generator, double tau, const SolverOptions& options) {
  if (!generator.is_markov()) return {"direct", "negative rates: no M-matrix"};
  if (options.keep_positive && factors_fit(generator.grid())) {
    return {"direct", "values span many orders of magnitude"};
  }
  const auto costs = candidates(generator, tau, options.keep_positive);
  const Cost best = *std::ranges::min_element(
      costs, {}, [&](const Cost& cost) { return cost.of(options.solves); });
  return {best.method, fmt::format("least estimated time for {} solves at tau max|a_ii| = {:.3g}",
                                   options.solves, tau * generator.largest_outflow())};
}

Choice choose_steady_method(const Generator& generator, const SolverOptions& options) {
  const Grid& grid = generator.grid();
  const bool fits = factors_fit(grid);
  if (!(options.keep_positive && fits) && suits_refinement(generator)) {
    const bool symmetric = generator.reversible() && generator.log_weight_range() < 600;
    const auto cells = static_cast<double>(grid.cells());
    constexpr double multigrid = 1300;
    constexpr int solves = 3;
    if (!fits || multigrid < direct_cost(symmetric, grid.dimension(), cells).of(solves)) {
      return {"multigrid", "least estimated time for a steady state"};
    }
  }
  if (fits) return {"direct", "the factors fit"};
  return choose_method(generator, 1e7 / generator.largest_outflow(), options);
}

double estimated_cost(const Generator& generator, double tau, const SolverOptions& options) {
  const std::string method = choose_method(generator, tau, options).method;
  for (const auto& cost : candidates(generator, tau, options.keep_positive)) {
    if (cost.method == method) return cost.of(options.solves);
  }
  return direct_cost(false, generator.grid().dimension(),
                     static_cast<double>(generator.grid().cells()))
      .of(options.solves);
}

}  // namespace feller
