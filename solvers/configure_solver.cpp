/// How PETSc is set up for each method of the linear solver.

#include "solvers/factorisation.hpp"
#include "solvers/iteration.hpp"
#include "solvers/linear_solver.hpp"

namespace feller {

void LinearSolver::configure(const SolverOptions& options) {
  MPI_Comm comm = MPI_COMM_NULL;
  check(PetscObjectGetComm(reinterpret_cast<PetscObject>(system_.get()), &comm));
  check(KSPCreate(comm, krylov_.put()));
  const KSP krylov = krylov_.get();
  check(KSPSetOperators(krylov, system_.get(), system_.get()));
  if (choice_.method == "direct") {
    use_factorisation(
        krylov,
        {.dimension = dimension_, .symmetric = variable_ == Variable::root, .m_matrix = markov_});
  } else {
    const bool symmetric = variable_ == Variable::ratio;
    const PC preconditioner = use_iteration(krylov, symmetric, options);
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

}  // namespace feller
