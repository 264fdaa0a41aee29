#pragma once

/// Times at which steps begin and end, ascending or descending, ends included exactly.

#include <vector>

namespace feller {

using Times = std::vector<double>;

/// Steps of equal length.
Times uniform_times(double from, double to, int steps);
/// Steps of equal ratio, uniform in ln t. Both ends > 0.
Times log_times(double from, double to, int steps);
/// Each step cut into so many of equal ratio.
Times refined_times(const Times& times, int parts);

}  // namespace feller
