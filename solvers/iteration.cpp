#include "solvers/iteration.hpp"

namespace feller {

PC use_iteration(KSP krylov, bool symmetric, const SolverOptions& options) {
  check(KSPSetType(krylov, symmetric ? KSPCG : KSPBCGS));
  if (symmetric) {
    check(KSPSetNormType(krylov, KSP_NORM_UNPRECONDITIONED));
  } else {
    check(KSPSetPCSide(krylov, PC_RIGHT));
  }
  check(KSPSetInitialGuessNonzero(krylov, PETSC_TRUE));
  // A first guess may be far worse than none, so growth of the residual stops nothing.
  constexpr double no_limit = 1e100;
  check(
      KSPSetTolerances(krylov, options.tolerance, PETSC_DEFAULT, no_limit, options.max_iterations));
  PC preconditioner = nullptr;
  check(KSPGetPC(krylov, &preconditioner));
  return preconditioner;
}

}  // namespace feller
