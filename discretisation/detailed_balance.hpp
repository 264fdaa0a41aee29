#pragma once

/// Kolmogorov's criterion: rates are in detailed balance with a weight pi,
///
///     pi_K forth = pi_L back   on every face,   so   ln pi_L - ln pi_K = ln(forth / back),
///
/// if and only if these differences add up to 0 around every loop. The weight is then their sum
/// along any path; on a line without a loop there always is one. Reference: Kolmogorov 1936; Kelly
/// 1979.

#include <optional>

#include "discretisation/jump_rates.hpp"

namespace feller {

/// ln pi, 0 in the first cell, where the rates have such a weight up to rounding; nothing where
/// they have none, or where a face along an axis is crossed one way only. Killing and sources do
/// not matter. Collective.
std::optional<Field> detailed_balance(const JumpRates& rates);

}  // namespace feller
