#pragma once

/// Linear least squares with many more rows than columns, rows spread over all ranks:
///
///     min_c |A c - b|,      A^T (A c - b) = 0
///
/// by PETSc's LSQR (Paige & Saunders 1982), which never forms A^T A: it stops at
/// |A^T r| <= tolerance |A|_F |r|. Its iterations grow with the condition number
/// sigma_max/sigma_min of A, which is found from the triangular factor R of A = Q R: each rank
/// factors its rows, then the stack of these factors is factored (Demmel et al. 2012), so that
/// nothing is squared and 1/epsilon is the largest condition number that can be seen.

#include <span>
#include <vector>

#include "discretisation/petsc.hpp"

namespace feller {

/// Descending. `columns` are stored one after the other; throws LibraryError.
std::vector<double> singular_values(std::vector<double> matrix, int rows, int columns);

/// sigma_max/sigma_min of descending singular values; infinite where the last is 0.
double condition(std::span<const double> singular_values);

class LeastSquares {
 public:
  /// The rows of this rank, column by column. Collective; throws std::invalid_argument where the
  /// entries do not match.
  LeastSquares(MPI_Comm comm, int rows, int columns, std::vector<double> entries);

  struct Fit {
    std::vector<double> coefficients;  ///< on every rank
    int iterations = 0;
    double orthogonality = 0;  ///< |A^T r| / (|A|_F |r|), computed anew
    double residual = 0;       ///< |r| / sqrt(number of rows)
  };
  /// `b`: the rows of this rank. Collective; throws SolverError.
  Fit solve(std::span<const double> b, double tolerance = 1e-12) const;

  /// Of A over the root of the number of rows, descending. Collective.
  std::vector<double> singular_values() const;

 private:
  /// |A^T r| / (|A|_F |r|), and |r| over the root of the number of rows, of r.
  void judge(Vec residual, Fit& fit) const;

  MPI_Comm comm_;
  int rows_;
  int columns_;
  std::vector<double> entries_;
  MatrixHandle matrix_;
};

}  // namespace feller
