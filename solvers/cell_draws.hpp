#pragma once

/// Draws from a density through the distribution function of its cells, and how well they fit it.
///
///     draw m lies in cell K if  F_{K-1} <= u_m < F_K,   F_K = sum of the masses of cells 0..K
///
/// in natural order, u_m uniform by its number m alone, so that the draws are the same on any
/// number of ranks. Pearson's statistic over bins b with the probabilities q_b,
///
///     X^2 = sum_b (n_b - M q_b)^2 / (M q_b),   E X^2 = k - 1,
///     Var X^2 = 2 (k - 1) + (sum_b 1/q_b - k^2 - 2k + 2) / M,
///
/// (moments of the multinomial law, exact); bins are the cells that expect at least 5 draws, and
/// one of all the others; should that expect fewer, it joins the fullest cell.

#include <cstdint>

#include "discretisation/field.hpp"

namespace feller {

/// How many of `draws` numbers fell into each cell. The density must be >= 0. Collective.
Field draw_from(const Field& density, std::int64_t draws, std::uint64_t seed);

class PearsonTest {
 public:
  /// Of counts that are `draws` from `density`, of mass 1. Collective.
  PearsonTest(const Field& density, std::int64_t draws);

  int bins() const { return bins_; }
  double mean() const { return bins_ - 1; }
  double deviation() const { return deviation_; }  ///< standard deviation of X^2
  /// X^2 of counts a cell. Collective.
  double statistic(const Field& counts) const;
  /// What draws from another density add to its mean, up to O(1): X^2 of M times its masses.
  double excess(const Field& density) const;

 private:
  Field expected_;  ///< draws a cell
  double fullest_;  ///< natural number of the cell that expects most
  double most_;     ///< what it expects
  double rest_;     ///< what all cells without a bin of their own expect
  int bins_ = 0;
  double deviation_ = 0;
};

}  // namespace feller
