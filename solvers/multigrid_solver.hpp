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

/// exp(phi) with the phi that is nearest to detailed balance: least squares of
/// phi_L - phi_K - ln(forth / back) over all faces. The stationary weight where there is detailed
/// balance, up to a factor; positive always. Collective; throws SolverError.
Field balanced_weight(const Generator& generator);

/// Nearly stationary: two loose implicit steps from the balanced weight, the second in the variable
/// u / (result of the first). What other solves take as their scale. Not positive where the steps
/// were too loose for its range. Collective; throws SolverError.
Field near_null_vector(const Generator& generator);

}  // namespace feller
