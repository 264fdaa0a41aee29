#pragma once

/// Rates of a full symmetric diffusion tensor, without a negative one however anisotropic it is.
///
/// In each cell Selling's decomposition of D_ij / (h_i h_j) gives integer offsets e with weights
/// rho_e >= 0. Mass jumps from K to L = K + e at the rates
///
///     forth = (c / |K|) B(-z),   back = (c / |L|) B(z),    c = (|K| rho_e(K) + |L| rho_e(L)) / 2,
///     z = (x_L - x_K) . D^-1 f  half way,      f = b - grad U - c div D  (problems/equation.hpp)
///
/// so that sum rho_e (h e)(h e)^T = D gives diffusion and drift at once. Of order 2 in the inside;
/// at a border, offsets that would leave a reflecting side carry nothing, and those that leave an
/// absorbing or Dirichlet side do so where they cross it. Where D is singular, drift across its
/// range is carried upwind along the axes. Reference: Fehrenbach & Mirebeau 2014.

#include "discretisation/selling.hpp"
#include "problems/equation.hpp"

namespace feller {

/// How many layers of ghosts the tensor needs at a time. Collective; throws InputError where the
/// tensor is not symmetric, not semi-definite, or too anisotropic, saying where.
int halo_of(const Equation& equation, const Grid& grid, double time, const Parameters& parameters);

/// Collective; throws InputError.
JumpRates tensor_rates(const Equation& equation, const Grid& grid, const FluxWeight& weight,
                       double time, const Parameters& parameters);

}  // namespace feller
