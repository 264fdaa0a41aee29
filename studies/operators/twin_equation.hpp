#pragma once

/// One Fokker-Planck equation, discretised twice:
///
///     dp/dt = div(grad p + theta x p)     Scharfetter and Gummel's rates of the potential
///                                         theta |x|^2 / 2
///     du/dt = div(v grad(u / v))          osmosis with the guidance v_i = gamma(x_i), the
///     stationary
///                                         density at the centres of cells (problems/osmosis.hpp)
///
/// Both are in detailed balance with the point values gamma(x_i). In one dimension, for theta = 1,
/// the eigenfunction x of the slowest mode has the rates
///
///     1 - h^2/6 + O(h^4)   (Scharfetter-Gummel),      1 - h^2/4 + O(h^4)   (osmosis)
///
/// from  A^T x = -x + x h^2/6  and  A^T x = -x + x^3 h^2/12, with E x^4 = 3.

#include "problems/problem.hpp"

namespace feller {

class TwinEquation {
 public:
  /// From the Ornstein-Uhlenbeck process with D = 1 on equal cells in a closed box; throws
  /// InputError for anything else. Collective.
  TwinEquation(const Problem& problem, const Parameters& parameters);

  const Grid& grid() const { return osmosis_.grid(); }
  double width() const;  ///< the largest of a cell's
  const Generator& osmosis() const { return osmosis_; }
  const Generator& scharfetter_gummel() const { return scharfetter_gummel_; }
  /// gamma(x_i), scaled to mass 1 on the grid.
  const Field& stationary() const { return stationary_; }
  double theta() const { return theta_; }

 private:
  double theta_;
  Field stationary_;
  Generator osmosis_;
  Generator scharfetter_gummel_;
};

/// The same drift by centred differences: rates (1/h^2) (1 -+ theta x h/2), x at the face, which
/// are negative where theta h |x| > 2.
JumpRates centred_rates(const Grid& grid, double theta);

/// A grid on the same box with cells so wide that theta h |x| reaches about 4 at its ends.
Grid wide_cells(const Grid& grid, double theta);

}  // namespace feller
