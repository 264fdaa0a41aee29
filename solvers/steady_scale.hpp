#pragma once

/// Positive guesses of a stationary state, to divide by: multigrid works in the variable u / guess.

#include "discretisation/generator.hpp"

namespace feller {

/// exp(phi) with the phi that is nearest to detailed balance: least squares of
/// phi_L - phi_K - ln(forth / back) over all faces. The stationary weight where there is detailed
/// balance, up to a factor; positive always. Collective; throws SolverError.
Field balanced_weight(const Generator& generator);

/// Nearly stationary: two loose implicit steps from the balanced weight, the second in the variable
/// u / (result of the first). What other solves take as their scale. Not positive where the steps
/// were too loose for its range. Collective; throws SolverError.
Field near_null_vector(const Generator& generator);

/// The start itself where the fluxes of its masses balance far better than those of constants, else
/// the better one of it and the balanced weight. Positive. Collective.
Field first_scale(const Generator& generator, const Field& start);

/// Damped Jacobi sweeps for A s = 0: what is wrong from cell to cell. Collective.
void relax(const Generator& generator, Field& scale, int sweeps);

}  // namespace feller
