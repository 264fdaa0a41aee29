#include "solvers/factorisation.hpp"

namespace feller {
namespace {

/// `whole`: this rank has the whole matrix.
void choose_package(PC factor, const FactorOptions& options, bool small, bool whole) {
  check(PCSetType(factor, options.symmetric ? PCCHOLESKY : PCLU));
  const bool line = options.dimension == 1;
  if (whole && options.symmetric && !line) {
    check(PCFactorSetMatSolverType(factor, MATSOLVERCHOLMOD));
  } else if (whole && options.m_matrix && (line || small)) {
    check(PCFactorSetMatSolverType(factor, MATSOLVERPETSC));
    check(PCFactorSetMatOrderingType(factor, line ? MATORDERINGNATURAL : MATORDERINGND));
  } else {
    check(PCFactorSetMatSolverType(factor, MATSOLVERMUMPS));
    if (!options.m_matrix) return;
    check(PCFactorSetUpMatSolverType(factor));
    Mat factors = nullptr;
    check(PCFactorGetMatrix(factor, &factors));
    check(MatMumpsSetCntl(factors, 1, 0.0));
  }
}

}  // namespace

PC use_factorisation(KSP krylov, const FactorOptions& options) {
  const PetscInt small_rows = options.dimension == 3 ? 20'000 : 100'000;
  check(KSPSetType(krylov, KSPPREONLY));
  PC factor = nullptr;
  check(KSPGetPC(krylov, &factor));
  MPI_Comm comm = MPI_COMM_NULL;
  check(PetscObjectGetComm(reinterpret_cast<PetscObject>(krylov), &comm));
  Mat matrix = nullptr;
  check(KSPGetOperators(krylov, &matrix, nullptr));
  PetscInt rows = 0;
  check(MatGetSize(matrix, &rows, nullptr));
  const bool small = rows <= small_rows;
  if (size_of(comm) > 1 && small) {
    check(PCSetType(factor, PCREDUNDANT));
    check(PCRedundantSetNumber(factor, size_of(comm)));
    KSP inner = nullptr;
    check(PCRedundantGetKSP(factor, &inner));
    check(KSPGetPC(inner, &factor));
  }
  choose_package(factor, options, small, size_of(comm) == 1 || small);
  return factor;
}

}  // namespace feller
