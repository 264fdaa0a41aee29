#pragma once

/// The linear systems of a generator that kills:
///
///     -A^T x = b     expectations until mass is killed:   x(K) = E_K[ sum of b over the stay ]
///     -A m = b       times spent:  m = time in each cell, of mass b at the start
///
/// -A is a nonsingular M-matrix wherever mass can reach a place where it is killed, so b >= 0 gives
/// x, m >= 0. Its inverse is as large as the longest time: rounding its diagonal once costs as many
/// digits as that is longer than the shortest. So a line is eliminated without a subtraction
/// (solvers/line_elimination.hpp), and elsewhere a factorisation (BiCGSTAB with BoomerAMG where
/// that does not fit) is refined with x in two doubles and residuals in long double, from the
/// rates: x_L - x_K is formed before anything is rounded. Reference: Higham 2002, ch. 12.

#include <optional>

#include "discretisation/generator.hpp"
#include "solvers/line_elimination.hpp"
#include "solvers/neighbourhood.hpp"

namespace feller {

class KilledSystem {
 public:
  /// The generator must outlive it. Collective; throws InputError if there are cells from which
  /// mass can never be killed, saying where.
  explicit KilledSystem(const Generator& generator);

  /// -A^T x = b for b >= 0. Collective; throws SolverError if refinement fails: the longest time is
  /// 1e15 times the shortest or more.
  Field solve_backward(const Field& b);
  /// -A m = b, likewise.
  Field solve_forward(const Field& b);

  const Generator& generator() const { return generator_; }
  /// Largest |b + A^T x| / (|b| + |A^T| |x|) over all cells and solves (A for A^T forward): how far
  /// x is from solving a system with rates changed by that part each.
  double residual() const { return residual_; }
  /// How systems are solved, for the user.
  const char* description() const;

 private:
  enum class Direction { backward, forward };

  Field solve(const Field& b, Direction direction);
  Field refined(const Field& b, Direction direction);
  void correct(const Field& b, Field& x, Direction direction);
  KrylovHandle factored() const;
  KrylovHandle iterative(Direction direction) const;

  const Generator& generator_;
  Neighbourhood jumps_;
  std::optional<LineElimination> line_;
  bool direct_ = true;
  MatrixHandle matrix_;  ///< -A
  MatrixHandle transpose_;
  KrylovHandle krylov_;
  KrylovHandle krylov_backward_;  ///< where a factorisation does not fit
  double residual_ = 0;
};

}  // namespace feller
