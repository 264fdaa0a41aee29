#pragma once

/// The same equation with the sign of its drift wrong, for negative controls.

#include "discretisation/generator.hpp"

namespace feller {

/// The rates of the same diffusion under the opposite drift: per volume, every face is crossed the
/// other way.
JumpRates with_drift_reversed(JumpRates rates);

/// Its generator. Detailed balance with pi becomes detailed balance with |K|^2 / pi. Collective.
Generator with_drift_reversed(const Generator& generator);

/// There is a drift whose sign could be wrong. Collective.
bool drifts(const JumpRates& rates);

}  // namespace feller
