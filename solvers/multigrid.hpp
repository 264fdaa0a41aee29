#pragma once

/// Multigrid for implicit steps on a plane, in the variable w = u / scale:
///
///     (S - tau A S) w = b,      S = diag(scale)
///
/// With the stationary state (or a near-null vector) as scale, constants w are nearly the null
/// space, and rows as well as columns sum to the scale: what coarse grids see is right wherever the
/// drift jumps. One V-cycle, one sweep before and after (solvers/stencil.hpp); within CG where
/// detailed balance holds (the cycle is symmetric then), within BiCGSTAB else. The coarsest system
/// is factored by PETSc. About 20 numbers a cell. For axes without periodic borders and jumps to
/// the 8 neighbours.

#include <memory>

#include "discretisation/generator.hpp"
#include "solvers/stencil.hpp"

namespace feller {

class Multigrid {
 public:
  static bool suits(const JumpRates& rates);

  /// With `transposed` for S - tau S A^T. Collective.
  Multigrid(const Generator& generator, double tau, const Field& scale, bool transposed = false);

  /// y <- (S - tau A S) x, without a matrix.
  void multiply(Vec x, Vec y);
  /// x <- one V-cycle for r, from 0.
  void apply(Vec r, Vec x);

  /// Sum of all entries of the matrix of each level: that of the scale (plus tau times what is
  /// killed) on all of them. Collective.
  std::vector<double> sums() const;

 private:
  struct Level {
    Stencil matrix;
    Weights weights;  ///< to the next coarser level; none on the coarsest
    Cycle cycle;
  };

  void factor_coarsest();
  void solve_coarsest();
  void cycle(std::size_t level);

  std::vector<Level> levels_;
  MatrixHandle coarsest_;
  KrylovHandle direct_;
  VectorHandle right_, solution_;
};

}  // namespace feller
