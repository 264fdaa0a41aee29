#pragma once

/// A matrix on a plane of cells that couples each with its 4 or 8 neighbours, and its multigrid
/// pieces.
///
///     smoothing       Gauss-Seidel by colours: 2 for 5 points, 4 for 9
///     interpolation   from the matrix: a fine cell is the mean of its coarse neighbours, weighted
///     by
///                     its couplings summed across (collapsed); negative couplings count as 0
///     restriction     the transpose of interpolation, so that sums of columns are kept
///     coarse matrix   restriction, matrix, interpolation (Galerkin): 9 points
///
/// The weights of a cell sum to 1, so that constants are interpolated exactly; for the matrices of
/// implicit steps in the variable w = u / (stationary state), of whose null space that is nearly
/// all, coarse corrections are right wherever the drift jumps. Reference: Alcouffe, Brandt, Dendy &
/// Painter 1981; Dendy 1982 (black-box multigrid).

#include <vector>

#include "solvers/stencil_halo.hpp"

namespace feller {

using Values = std::vector<double>;  ///< one a cell of a plane, with its frame

/// Towards the coarse cells below-left, below-right, above-left and above-right of each fine cell,
/// four a cell; the one that it is itself has weight 1.
using Weights = std::vector<double>;

class Stencil {
 public:
  /// Of a cell itself, west, east, south, north, south-west, south-east, north-west, north-east.
  static constexpr std::array<std::array<int, 2>, 9> steps{
      {{0, 0}, {-1, 0}, {1, 0}, {0, -1}, {0, 1}, {-1, -1}, {1, -1}, {-1, 1}, {1, 1}}};

  /// All couplings 0; `points` is 5 or 9.
  Stencil(Plane plane, int points);

  const Plane& plane() const { return plane_; }
  int points() const { return points_; }
  Values field() const { return Values(plane_.room(), 0.0); }
  std::ptrdiff_t place(int i, int j) const {
    return plane_.origin() + i + std::ptrdiff_t{j} * plane_.stride();
  }

  /// The couplings of a cell: row of the matrix, `points` numbers.
  double* row(std::ptrdiff_t place) {
    return entries_.data() + static_cast<std::size_t>(place * points_);
  }
  const double* row(std::ptrdiff_t place) const {
    return entries_.data() + static_cast<std::size_t>(place * points_);
  }
  /// To be called when all owned rows are there. Collective.
  void complete();

  /// y <- M x. Fetches ghosts of x. Collective, as all below.
  void multiply(Values& x, Values& y) const;
  /// r <- b - M x.
  void residual(Values& x, const Values& b, Values& r) const;
  /// One sweep over all colours, `forth` or in the opposite order.
  void smooth(Values& x, const Values& b, bool forth) const;

  Weights interpolation() const;
  /// On the coarse plane.
  Stencil coarse(const Weights& weights) const;
  /// b <- P^T r. Fetches ghosts of r.
  void restrict_to(const Stencil& coarse, const Weights& weights, Values& r, Values& b) const;
  /// x <- x + P e. Fetches ghosts of e.
  void add_from(const Stencil& coarse, const Weights& weights, Values& e, Values& x) const;

 private:
  template <int points>
  void smooth_colour(Values& x, const Values& b, int colour) const;
  template <int points, class Act>
  void for_each_product(const Values& x, Act&& act) const;

  Plane plane_;
  int points_;
  std::array<std::ptrdiff_t, 9> distances_;
  std::vector<double> entries_;
  Values inverse_;  ///< of the diagonal
};

}  // namespace feller
