#pragma once

/// Observed orders and extrapolated values on a ladder of grids.
///
///     e(h) = C h^p            p = slope of ln e against ln h, by least squares, with its standard
///                             error; pairwise  p_k = ln(e_k / e_{k+1}) / ln(h_k / h_{k+1})
///     v(h) = v + C h^p        v = v_{k+1} + (v_{k+1} - v_k) / (r^p - 1),   r = h_k / h_{k+1}
///
/// Pure arithmetic, from the coarsest grid to the finest. An error that is 0, infinite or NaN has
/// no logarithm, so a ladder that holds one has no order: NaN, never a guess from the others.
/// Reference: Roache 1998, Verification and Validation in Computational Science and Engineering.

#include <span>

namespace feller {

/// An observed order and how far it can be trusted.
struct Order {
  double value;           ///< by least squares; NaN without two errors > 0
  double standard_error;  ///< of the slope; NaN without three
  double least, largest;  ///< of the pairwise orders
};

/// Of errors at these spacings (or steps). The lists have one length.
Order observed_order(std::span<const double> spacings, std::span<const double> errors);

/// The order between two grids.
double pairwise_order(double coarse, double fine, double error_coarse, double error_fine);

/// What a value tends to, and what may still be wrong with that.
struct Limit {
  double value;      ///< from the two finest grids; NaN without two
  double remaining;  ///< distance to the limit from the two grids before; NaN without three
  double order;      ///< ln((v_0 - v_1) / (v_1 - v_2)) / ln r of the three finest; NaN if they do
                     ///< not approach from one side
};

/// Richardson's extrapolation of values of this order on grids that are refined by `ratio`.
Limit richardson(std::span<const double> values, double ratio, double order);

}  // namespace feller
