#pragma once

/// Factorisations of the sparse systems of a grid, in series and in parallel.
///
/// Small systems are factored whole on every rank: cheaper than sharing them, and the same to the
/// last digit on any number of ranks. The diagonal of an M-matrix serves as pivot, so that no
/// cancellation can turn a value negative; a matrix that is none gets MUMPS with its own pivoting.

#include "discretisation/petsc.hpp"

namespace feller {

struct FactorOptions {
  int dimension = 1;       ///< of the grid
  bool symmetric = false;  ///< and positive definite: Cholesky
  bool m_matrix = true;
};

/// Makes `krylov`, whose operators are set, a direct solver. The preconditioner that factors.
PC use_factorisation(KSP krylov, const FactorOptions& options);

}  // namespace feller
