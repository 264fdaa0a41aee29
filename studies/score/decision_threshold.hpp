#pragma once

/// Where little noise tells which point it was, and more noise does not: the level t* at which
/// half of the information is left,
///
///     I(y; z(t*)) = H(P)/2.
///
/// Theory has it between two levels: at t_low what is left to guess may reach H(P)/2 by its bound
/// (discrete_law.hpp), and at t_high a normal law with the same variances keeps no more than
/// H(P)/2, so that t_low <= t* <= t_high. Scaled data, c y, have the threshold c^2 t*.

#include <functional>

#include "io/check.hpp"

namespace feller {

struct Threshold {
  double at = 0;
  double low = 0, high = 0;  ///< bounds of theory
};

/// Where a function that falls with t crosses a value, by bisection in ln t between two levels,
/// which the crossing must lie between; to 1e-12 of t.
double crossing(const std::function<double(double)>& falling, double value, double from, double to);

/// The bounds: of what `left_bound`(t), rising, and `most_known`(t), falling, say.
Threshold bounded_threshold(double at, double entropy,
                            const std::function<double(double)>& left_bound,
                            const std::function<double(double)>& most_known);

/// t* is between its bounds. `error`: of at, as one standard error.
Check threshold_check(const Threshold& threshold, double entropy, double error);

}  // namespace feller
