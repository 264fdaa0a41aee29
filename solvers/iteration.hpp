#pragma once

/// The Krylov method around a preconditioner: CG for symmetric positive definite systems, BiCGSTAB
/// else, both stopping at the true residual relative to the right-hand side.

#include "solvers/linear_solver.hpp"

namespace feller {

/// What x holds is the first guess. Returns the preconditioner, to be chosen.
PC use_iteration(KSP krylov, bool symmetric, const SolverOptions& options);

}  // namespace feller
