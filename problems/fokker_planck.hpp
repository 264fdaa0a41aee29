#pragma once

/// The forward Fokker-Planck equation of a drift b, a potential U and a scalar diffusion D > 0:
///
///     dp/dt = div( D grad p - f p ),      f = b - grad U  - c grad D
///
/// with c = 0 (Fick form), 1/2 (Stratonovich) or 1 (Ito: dX = (b - grad U) dt + sqrt(2 D) dW).
/// Where D is constant the three agree. Gibbs states exp(-U/D) are stationary if b = 0 and D is
/// constant; the balanced fluxes keep them so exactly, whatever the grid.
///
/// Across a face K|L of length h:  z = (b h + U_K - U_L) / D_f - c ln(D_L / D_K),  D_f the harmonic
/// mean, b taken at the face, U and D at the cell centres.

#include "problems/problem.hpp"

namespace feller {

/// What "diffusion" means when it varies in space: the value of c above.
enum class Form { fick, stratonovich, ito };

std::unique_ptr<ProblemKind> fokker_planck();

}  // namespace feller
