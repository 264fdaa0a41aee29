#pragma once

/// A Krylov method preconditioned by one multigrid cycle, without a matrix:
///
///     forward      (S - tau A S) w = b            transposed     (S - tau S A^T) x = S b
///
/// CG where both are the same (detailed balance, S the stationary weight), else BiCGSTAB.

#include "solvers/linear_solver.hpp"
#include "solvers/multigrid.hpp"

namespace feller {

class MultigridSolver {
 public:
  enum class Direction { forward, transposed };

  /// Collective.
  MultigridSolver(const Generator& generator, double tau, const Field& scale, bool symmetric,
                  Direction direction, const SolverOptions& options);
  MultigridSolver(const MultigridSolver&) = delete;

  /// What the vectors hold is the first guess.
  KSP krylov() const { return krylov_.get(); }

 private:
  Multigrid multigrid_;
  MatrixHandle system_;
  KrylovHandle krylov_;
};

}  // namespace feller
