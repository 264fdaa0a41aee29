#pragma once

/// A step or a jump of the Markov chain of probabilistic diffusion, on densities:
///
///     q(y) = int k(y|x) p(x) dx,   k(y|x) = N(y; sqrt(a) x, (1 - a) I),   0 < a < 1
///     (K^T g)(x) = int g(y) k(y|x) dy = E[g(U_i) | U_k = x]
///
/// (Peter 2023, (3), and the corrected (5) with a = a_i / a_k.) Axis by axis, on means over cells
/// of width h:
///
///     q_L = sum_K h N(y_L; sqrt(a) x_K, (1 - a)(1 + h^2/12)) p_K,    each column scaled to sum 1
///
/// The mean over a cell is the density of X + h V, V uniform; h^2/12 is the variance of h V, and so
/// this keeps the cell means of N(0, I), as the chain keeps N(0, I), up to O(h^4), and moves those
/// of every smooth density with that order; for densities that jump it is of order 2. The sum over
/// cells is the trapezoidal rule of an analytic function, with an error of
/// exp(-2 pi^2 (1 - a)/h^2): below 1e-14 where the noise is wider than 1.3 cells. Entries are
/// positive (where they do not underflow) and columns sum to 1, so that positivity, mass, and the
/// decay of every phi-divergence between two densities are theorems; k is in detailed balance with
/// N(0, 1 + h^2/12), which therefore stays.

#include <array>

#include "discretisation/field.hpp"

namespace feller {

class ChainKernel {
 public:
  /// `log_survival` = ln a < 0. Throws InputError on all ranks where axes are not uniform, the
  /// noise is narrower than `narrowest` cells, or the kernel does not fit. Collective.
  ChainKernel(const Grid& grid, double log_survival);

  /// Of a density. Collective.
  Field forward(Field density) const;
  /// The exact transpose, of expectations. Collective.
  Field backward(Field g) const;

  /// Numbers that it stores on all ranks.
  double entries() const { return entries_; }

  /// Whether kernels of any noise can be stored: PETSc counts a rank's entries in 32 bits.
  /// Collective.
  static bool fits(const Grid& grid);
  /// Whether the noise is wide enough for a grid.
  static bool resolves(const Grid& grid, double log_survival);
  static constexpr double narrowest = 1.3;  ///< sd of the noise in cells

 private:
  MatrixHandle along(const Grid& grid, std::size_t axis, double log_survival);

  std::array<MatrixHandle, 3> matrices_;  ///< one an axis in use
  double entries_ = 0;
};

/// ln of the density of N(0, 1 + h^2/12) in each cell: what the kernels keep, scaled to mass 1.
/// Collective.
Field log_standard_normal(const Grid& grid);

}  // namespace feller
