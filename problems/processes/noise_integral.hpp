#pragma once

/// Integrals over all noise beyond a level,
///
///     int_t^inf f(s) ds/s = int_{ln t}^inf f d(ln s),      f(s) = O(1/s) for late s,
///
/// as those of McAllester (10) to (12) with f = |y - E[y|s,z]|^2 / (2 s): uniform in ln s until the
/// noise has drowned everything, and from there in snr = 1/s, where f(s) s is smooth down to snr =
/// 0. No tail is cut off.

#include <algorithm>
#include <functional>
#include <span>
#include <vector>

namespace feller {

/// From where on the noise has drowned data of this variance.
inline double far_noise(double variance) {
  return 1000 * std::max(1.0, variance);
}

/// At each of these ascending t > 0. `far`: from there on in snr.
std::vector<double> noise_integrals(const std::function<double(double)>& f,
                                    std::span<const double> times, double far,
                                    double tolerance = 1e-12);

/// E f(G) for G ~ N(0, 1), adaptively.
double normal_mean(const std::function<double(double)>& f);

}  // namespace feller
