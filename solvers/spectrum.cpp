#include "solvers/spectrum.hpp"

#include <slepceps.h>

namespace feller {
namespace {

using EigenHandle = Handle<EPS, EPSDestroy>;

VectorHandle root_of_weight(const Generator& generator) {
  VectorHandle root;
  const Vec log_weight = generator.log_weight().vector();
  check(VecDuplicate(log_weight, root.put()));
  check(VecCopy(log_weight, root.get()));
  check(VecScale(root.get(), 0.5));
  check(VecExp(root.get()));
  return root;
}

void use_factorisation(EPS eigen, MPI_Comm comm) {
  ST transform = nullptr;
  KSP krylov = nullptr;
  PC factor = nullptr;
  check(EPSGetST(eigen, &transform));
  check(STSetType(transform, STSINVERT));
  check(STGetKSP(transform, &krylov));
  check(KSPSetType(krylov, KSPPREONLY));
  check(KSPGetPC(krylov, &factor));
  check(PCSetType(factor, PCCHOLESKY));
  const bool serial = size_of(comm) == 1;
  check(PCFactorSetMatSolverType(factor, serial ? MATSOLVERCHOLMOD : MATSOLVERMUMPS));
}

}  // namespace

double spectral_gap(const Generator& generator) {
  // SLEPc registers itself with the running PETSc; ending PETSc ends it too.
  PetscBool ready = PETSC_FALSE;
  check(SlepcInitialized(&ready));
  if (!ready) check(SlepcInitializeNoArguments());
  if (generator.grid().cells() < 2) throw SolverError("one cell has no spectral gap");
  const VectorHandle root = root_of_weight(generator);
  const MatrixHandle symmetric = generator.symmetrised();
  check(MatScale(symmetric.get(), -1));
  check(MatSetOption(symmetric.get(), MAT_SYMMETRIC, PETSC_TRUE));

  const MPI_Comm comm = generator.grid().comm();
  EigenHandle eigen;
  check(EPSCreate(comm, eigen.put()));
  check(EPSSetOperators(eigen.get(), symmetric.get(), nullptr));
  check(EPSSetProblemType(eigen.get(), EPS_HEP));
  Vec deflated = root.get();
  check(EPSSetDeflationSpace(eigen.get(), 1, &deflated));
  check(EPSSetDimensions(eigen.get(), 1, PETSC_DEFAULT, PETSC_DEFAULT));
  check(EPSSetTolerances(eigen.get(), 1e-10, PETSC_DEFAULT));
  // A shift just below the spectrum keeps the factored matrix positive definite.
  check(EPSSetTarget(eigen.get(), -1e-8 * generator.largest_outflow()));
  check(EPSSetWhichEigenpairs(eigen.get(), EPS_TARGET_MAGNITUDE));
  use_factorisation(eigen.get(), comm);
  check(EPSSolve(eigen.get()));
  PetscInt found = 0;
  check(EPSGetConverged(eigen.get(), &found));
  if (found < 1)
    throw SolverError("the spectral gap was not found: the eigensolver did not converge");
  PetscScalar gap = 0;
  check(EPSGetEigenvalue(eigen.get(), 0, &gap, nullptr));
  return gap;
}

}  // namespace feller
