#pragma once

/// Where an operator loses positivity: jump rates below 0, which are negative entries beside the
/// diagonal of its matrix.

#include "discretisation/jump_rates.hpp"

namespace feller {

/// How many rates between cells are negative, and the least of all, infinite if there is no face.
struct NegativeRates {
  PetscInt count = 0;
  double least = 0;
};
/// Collective.
NegativeRates negative_rates(const JumpRates& rates);

/// No rate between cells is infinite or NaN. Collective.
bool are_finite(const JumpRates& rates);

}  // namespace feller
