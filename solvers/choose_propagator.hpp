#pragma once

/// What `time.method = auto` means: by stiffness, and by what must be guaranteed.
///
/// | must stay positive | detailed balance | cheap enough     | otherwise      |
/// |--------------------|------------------|------------------|----------------|
/// | yes                | either           | uniformization   | implicit_euler |
/// | no                 | yes              | chebyshev        | sdirk2         |
/// | no                 | no               | uniformization   | sdirk2         |
///
/// Exact methods have no error in time. They are cheap enough while their products are estimated to
/// take at most 10 times as long as the solves of an implicit method, or 5 seconds.

#include "solvers/linear_solver.hpp"

namespace feller {

/// For `options.solves` steps, positive if `options.keep_positive`. With `in_time` the coefficients
/// depend on time, so that every implicit step factors anew. Collective.
Choice choose_propagator(const Generator& generator, double tau, const SolverOptions& options,
                         bool in_time);

}  // namespace feller
