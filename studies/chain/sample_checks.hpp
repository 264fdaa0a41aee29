#pragma once

/// Draws from the cells of a density against that density: Pearson's X^2 (solvers/cell_draws.hpp),
/// which is nearly c chi^2_nu with the mean and variance that it has, as a normal number of the
/// same probability, <= 4; and along the d axes, in standard errors,
///
///     |mean - m| / sqrt(Var/M),     |variance - Var| / sqrt((mu_4 - Var^2)/M)
///
/// each <= 4, or a little more for the worst of several axes (studies/chain/normal_scores.hpp).
/// Control: draws from another density must exceed k - 1 by 10 times what X^2 may.

#include <cstdint>
#include <optional>

#include "discretisation/field.hpp"
#include "io/check.hpp"

namespace feller {

/// Collective.
Checks sample_checks(const Field& density, const Field& counts, std::int64_t draws);

/// Nothing where the draws are too few to tell the densities apart that clearly. Collective.
std::optional<Check> sample_control(const Field& density, const Field& blurred, std::int64_t draws,
                                    std::int64_t seed);

}  // namespace feller
