#pragma once

/// Killed generators on a line, eliminated without a subtraction:
///
///     -A^T x = b     (f_i + g_i + kappa_i) x_i - f_i x_{i+1} - g_i x_{i-1} = b_i >= 0
///
/// with rates f up and g down the line and killing kappa. The pivots are d_i = f_i + k_i, where
///
///     k_i = kappa_i + g_i k_{i-1} / d_{i-1}
///
/// is the rate at which mass is killed on this side of i + 1. All terms are >= 0, so every x_i has
/// nearly all digits however large it is (e^V for a barrier V), while ordinary elimination, which
/// subtracts g_i f_{i-1} / d_{i-1} from the diagonal, loses them like the largest time over the
/// shortest. Reference: Grassmann, Taksar & Heyman 1985; O'Cinneide 1996.

#include <vector>

#include "discretisation/jump_rates.hpp"

namespace feller {

class LineElimination {
 public:
  /// Whether the grid is a line with two ends.
  static bool suits(const JumpRates& rates);

  /// Every rank holds the whole line. Collective.
  explicit LineElimination(const JumpRates& rates);

  /// Solves -A^T x = b. Collective.
  Field solve_backward(const Field& b) const;
  /// Solves -A m = b. Collective.
  Field solve_forward(const Field& b) const;

 private:
  Field scattered(const std::vector<long double>& all) const;

  Grid grid_;
  std::vector<double> up_, down_;
  std::vector<long double> pivots_;
};

}  // namespace feller
