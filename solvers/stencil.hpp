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
/// all, coarse corrections are right wherever the drift jumps.
///
/// A rank alone makes one pass over the rows for sweep, residual and restriction, each following
/// the one before as soon as its neighbours are done; with others it does them one after the other,
/// to exchange ghosts in between. The numbers are the same. Reference: Alcouffe, Brandt, Dendy &
/// Painter 1981; Dendy 1982 (black-box multigrid).

#include <vector>

#include "solvers/stencil_halo.hpp"

namespace feller {

using Values = std::vector<double>;  ///< one a cell of a plane, with its frame

/// Towards the coarse cells below-left, below-right, above-left and above-right of each fine cell,
/// four a cell; the one that it is itself has weight 1. In single precision their rounding
/// would change what coarse columns sum to.
using Weights = std::vector<double>;

/// What a cycle works on at one level.
struct Cycle {
  Values x, b, r;
};

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

  /// y <- M x, y without a frame. Fetches ghosts of x. Collective, as all below.
  void multiply(Values& x, double* y) const;

  Weights interpolation() const;
  /// On the coarse plane.
  Stencil coarse(const Weights& weights) const;
  /// Down: one sweep for M x = b from x = 0, and the restricted residual P^T (b - M x) in
  /// `coarse_b`.
  void descend(const Stencil& coarse, const Weights& weights, Cycle& fine, Values& coarse_b) const;
  /// Up: x <- x + P e, and one sweep in the opposite order.
  void ascend(const Stencil& coarse, const Weights& weights, Values& e, Cycle& fine) const;

 private:
  enum class Order { forth, back };

  int colours() const { return points_ == 5 ? 2 : 4; }
  int colour(Order order, int n) const { return order == Order::forth ? n : colours() - 1 - n; }
  void smooth(Cycle& fine, Order order, bool from_zero) const;
  /// Half `part` of the colours, in order, on one row.
  void smooth_half(Cycle& fine, Order order, int part, bool from_zero, int j) const;
  void smooth_colour(Cycle& fine, int colour, bool from_zero, int j) const;
  template <int points>
  void smooth_cells(Cycle& fine, int begin, int j) const;
  void residual_row(Cycle& fine, int j) const;
  template <int points>
  void residual_cells(Cycle& fine, int begin, int j) const;
  void restrict_row(const Stencil& coarse, const Weights& weights, const Values& r, Values& b,
                    int cj) const;
  void add_row(const Stencil& coarse, const Weights& weights, const Values& e, Values& x,
               int j) const;

  Plane plane_;
  int points_;
  std::array<std::ptrdiff_t, 9> distances_;
  std::vector<double> entries_;
  Values inverse_;  ///< of the diagonal
};

}  // namespace feller
