#pragma once

/// The information that a noisy variable z(t) = y + sqrt(t) G keeps of y, in nats (I-MMSE: Guo,
/// Shamai & Verdu 2005; McAllester, (12)):
///
///     I(y; z(t)) = int_t^inf mmse(s) / (2 s^2) ds,   mmse(s) = E|y - E[y | z(s)]|^2
///
/// For the chain U_i = sqrt(a) z(t), t = (1 - a)/a, and by Tweedie's formula mmse = t - t^2
/// J(z(t)),
///
///     mmse / t = 1 - (1 - a) J(U_i),     J Fisher's information.
///
/// No entropy is needed, so that it is a second way to  I(U_0; U_i) = H(U_i) - H(U_i | U_0).

#include <optional>
#include <span>
#include <vector>

#include "problems/processes/process.hpp"

namespace feller {

/// I(y; z(t)) at these ascending times t > 0 ("variance exploding"), for a process of one dimension
/// that the chain samples; to about 1e-11. Nothing where a law's Fisher information is unknown.
std::optional<std::vector<double>> information_by_mmse(const Process& process,
                                                       std::span<const double> times);

}  // namespace feller
