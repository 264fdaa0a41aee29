/// How PETSc is set up for each method of the linear solver.

#include "solvers/linear_solver.hpp"

namespace feller {

void LinearSolver::configure(const SolverOptions& options) {
  MPI_Comm comm = MPI_COMM_NULL;
  check(PetscObjectGetComm(reinterpret_cast<PetscObject>(system_.get()), &comm));
  check(KSPCreate(comm, krylov_.put()));
  const KSP krylov = krylov_.get();
  check(KSPSetOperators(krylov, system_.get(), system_.get()));
  // A first guess may be far worse than none, so growth of the residual stops nothing.
  constexpr double no_limit = 1e100;
  check(
      KSPSetTolerances(krylov, options.tolerance, PETSC_DEFAULT, no_limit, options.max_iterations));
  PC preconditioner = nullptr;
  check(KSPGetPC(krylov, &preconditioner));
  if (choice_.method == "direct") {
    configure_direct();
  } else {
    const bool symmetric = variable_ == Variable::ratio;
    check(KSPSetType(krylov, symmetric ? KSPCG : KSPBCGS));
    if (symmetric) {
      check(KSPSetNormType(krylov, KSP_NORM_UNPRECONDITIONED));
    } else {
      check(KSPSetPCSide(krylov, PC_RIGHT));
    }
    check(KSPSetInitialGuessNonzero(krylov, PETSC_TRUE));
    const bool serial = size_of(comm) == 1;
    if (choice_.method == "amg") {
      check(PCSetType(preconditioner, PCHYPRE));
      check(PCHYPRESetType(preconditioner, "boomeramg"));
    } else if (serial) {
      check(PCSetType(preconditioner, symmetric ? PCICC : PCILU));
    } else {
      check(PCSetType(preconditioner, PCBJACOBI));
      check(KSPSetUp(krylov));
      KSP* blocks = nullptr;
      check(PCBJacobiGetSubKSP(preconditioner, nullptr, nullptr, &blocks));
      PC block = nullptr;
      check(KSPGetPC(blocks[0], &block));
      check(PCSetType(block, symmetric ? PCICC : PCILU));
    }
  }
  check(KSPSetFromOptions(krylov));
  check(KSPSetUp(krylov));
}

/// Small systems are factored whole on every rank: cheaper than sharing them, and the same to the
/// last digit on any number of ranks.
void LinearSolver::configure_direct() {
  const PetscInt small = dimension_ == 3 ? 20'000 : 100'000;
  const KSP krylov = krylov_.get();
  check(KSPSetType(krylov, KSPPREONLY));
  PC factor = nullptr;
  check(KSPGetPC(krylov, &factor));
  MPI_Comm comm = MPI_COMM_NULL;
  check(PetscObjectGetComm(reinterpret_cast<PetscObject>(krylov), &comm));
  PetscInt rows = 0;
  check(MatGetSize(system_.get(), &rows, nullptr));
  if (size_of(comm) > 1 && rows <= small) {
    check(PCSetType(factor, PCREDUNDANT));
    check(PCRedundantSetNumber(factor, size_of(comm)));
    KSP inner = nullptr;
    check(PCRedundantGetKSP(factor, &inner));
    check(KSPGetPC(inner, &factor));
  }
  choose_factorisation(factor, rows <= small, size_of(comm) == 1 || rows <= small);
}

/// The diagonal of an M-matrix serves as pivot, so that no cancellation can turn a value negative;
/// a matrix that is none gets MUMPS with its own pivoting.
void LinearSolver::choose_factorisation(PC factor, bool small, bool whole) const {
  const bool symmetric = variable_ == Variable::root;
  check(PCSetType(factor, symmetric ? PCCHOLESKY : PCLU));
  if (whole && symmetric && dimension_ > 1) {
    check(PCFactorSetMatSolverType(factor, MATSOLVERCHOLMOD));
  } else if (whole && markov_ && (dimension_ == 1 || small)) {
    check(PCFactorSetMatSolverType(factor, MATSOLVERPETSC));
    check(PCFactorSetMatOrderingType(factor, dimension_ == 1 ? MATORDERINGNATURAL : MATORDERINGND));
  } else {
    check(PCFactorSetMatSolverType(factor, MATSOLVERMUMPS));
    if (!markov_) return;
    check(PCFactorSetUpMatSolverType(factor));
    Mat factors = nullptr;
    check(PCFactorGetMatrix(factor, &factors));
    check(MatMumpsSetCntl(factors, 1, 0.0));
  }
}

}  // namespace feller
