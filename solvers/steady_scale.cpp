#include "solvers/steady_scale.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solvers/multigrid_solver.hpp"

namespace feller {
namespace {

void solve(const MultigridSolver& solver, const Field& b, Field& x) {
  check(KSPSolve(solver.krylov(), b.vector(), x.vector()));
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  check(KSPGetConvergedReason(solver.krylov(), &reason));
  if (reason < 0) {
    throw SolverError(
        fmt::format("multigrid: no scale for it was found ({})", KSPConvergedReasons[reason]));
  }
}

/// Each face anew from what it was.
template <class Map>
void set_crossings_from(JumpRates& rates, Map&& map) {
  for (auto& family : rates.families()) {
    auto forth = family.forth.values(), back = family.back.values();
    for (std::size_t i = 0; i < forth.size(); ++i) {
      const Crossing c = map(Crossing{forth[i], back[i]});
      forth[i] = c.forth;
      back[i] = c.back;
    }
  }
  check(VecSet(rates.killing().vector(), 0));
  check(VecSet(rates.source().vector(), 0));
}

/// |A s|_1 over the traffic of s, from 0 for a stationary state to 1; HUGE_VAL if s is no scale.
double misfit(const Generator& generator, const Field& scale) {
  double least = 0, most = 0, traffic = 0, rest = 0;
  check(VecMin(scale.vector(), nullptr, &least));
  check(VecMax(scale.vector(), nullptr, &most));
  if (!(least > 1e-10 * most)) return HUGE_VAL;
  check(VecDot(generator.outflow().vector(), scale.vector(), &traffic));
  check(VecNorm(generator.apply(scale).vector(), NORM_1, &rest));
  return traffic > 0 ? rest / (2 * traffic) : 0;
}

}  // namespace

Field balanced_weight(const Generator& generator) {
  const Grid& grid = generator.grid();
  JumpRates walk{generator.rates()};
  set_crossings_from(walk, [](const Crossing& c) {
    return c.forth > 0 && c.back > 0 ? Crossing{1, 1} : Crossing{};
  });
  const Field imbalance =
      gather(generator.rates(), [](const Index&, const Index&, const Crossing& c) {
        const double z = c.forth > 0 && c.back > 0 ? std::log(c.forth / c.back) : 0;
        return std::pair{-z, z};
      });
  const Generator laplacian{std::move(walk), Field{grid}};
  constexpr double tau = 1e6;
  const MultigridSolver solver{laplacian,
                               tau,
                               Field{grid, 1},
                               true,
                               MultigridSolver::Direction::forward,
                               {.tolerance = 1e-3, .max_iterations = 100}};
  Field phi{grid}, right_side{imbalance};
  check(VecScale(right_side.vector(), tau));
  solve(solver, right_side, phi);
  double most = 0;
  check(VecMax(phi.vector(), nullptr, &most));
  return transformed(phi, [most](double x) { return std::exp(x - most); });
}

Field near_null_vector(const Generator& generator) {
  Field scale = balanced_weight(generator);
  for (const double stiffness : {1e5, 1e8}) {
    const MultigridSolver solver{generator,
                                 stiffness / generator.largest_outflow(),
                                 scale,
                                 false,
                                 MultigridSolver::Direction::forward,
                                 {.tolerance = 1e-2, .max_iterations = 100}};
    Field w{generator.grid(), 1};
    solve(solver, scale, w);
    check(VecPointwiseMult(scale.vector(), scale.vector(), w.vector()));
  }
  return scale;
}

Field first_scale(const Generator& generator, const Field& start) {
  const Field one{generator.grid(), 1};
  const double of_start = misfit(generator, start), of_one = misfit(generator, one);
  constexpr double far_better = 0.1;
  if (of_start <= far_better * of_one) return start;
  Field balanced = balanced_weight(generator);
  const double of_balanced = misfit(generator, balanced);
  if (std::min(of_start, of_one) <= of_balanced) return of_start <= of_one ? start : one;
  return balanced;
}

void relax(const Generator& generator, Field& scale, int sweeps) {
  constexpr double damping = 0.7;
  const auto outflow = generator.outflow().values();
  for (int n = 0; n < sweeps; ++n) {
    const Field change = generator.apply(scale);
    const auto rate = change.values();
    auto value = scale.values();
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (outflow[i] > 0) value[i] += damping * rate[i] / outflow[i];
    }
  }
}

}  // namespace feller
