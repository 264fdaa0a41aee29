#include "solvers/multigrid_solver.hpp"

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

}  // namespace feller
