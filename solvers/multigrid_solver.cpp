#include "solvers/multigrid_solver.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solvers/iteration.hpp"

namespace feller {
namespace {

PetscErrorCode multiply(Mat system, Vec x, Vec y) {
  Multigrid* multigrid = nullptr;
  PetscCall(MatShellGetContext(system, &multigrid));
  multigrid->multiply(x, y);
  return 0;
}

PetscErrorCode precondition(PC preconditioner, Vec r, Vec x) {
  void* multigrid = nullptr;
  PetscCall(PCShellGetContext(preconditioner, &multigrid));
  static_cast<Multigrid*>(multigrid)->apply(r, x);
  return 0;
}

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

}  // namespace

MultigridSolver::MultigridSolver(const Generator& generator, double tau, const Field& scale,
                                 bool symmetric, Direction direction, const SolverOptions& options)
    : multigrid_{generator, tau, scale, direction == Direction::transposed} {
  const MPI_Comm comm = scale.grid().comm();
  const auto cells = static_cast<PetscInt>(scale.values().size());
  check(MatCreateShell(comm, cells, cells, PETSC_DETERMINE, PETSC_DETERMINE, &multigrid_,
                       system_.put()));
  check(MatShellSetOperation(system_.get(), MATOP_MULT, reinterpret_cast<void (*)()>(multiply)));
  check(KSPCreate(comm, krylov_.put()));
  const KSP krylov = krylov_.get();
  check(KSPSetOperators(krylov, system_.get(), system_.get()));
  const PC preconditioner = use_iteration(krylov, symmetric, options);
  check(PCSetType(preconditioner, PCSHELL));
  check(PCShellSetContext(preconditioner, &multigrid_));
  check(PCShellSetApply(preconditioner, precondition));
  check(PCShellSetName(preconditioner, "black-box multigrid"));
  check(KSPSetFromOptions(krylov));
  check(KSPSetUp(krylov));
}

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

}  // namespace feller
