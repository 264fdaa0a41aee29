#pragma once

/// Draws from the cells of a density against that density, in standard errors: Pearson's statistic
/// (solvers/cell_draws.hpp), and along each axis
///
///     |mean - m| / sqrt(Var/M),     |variance - Var| / sqrt((mu_4 - Var^2)/M)
///
/// each <= 4. Control: draws from another density must fail by 10 times that.

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
