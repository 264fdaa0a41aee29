#pragma once

/// The Fokker-Planck equation of a density, all of its terms given as formulas in x, y, z and t:
///
///     dp/dt = div( D grad p - f p ),      f = b - grad U - c div D
///
/// with c = 0 (Fick form), 1/2 (Stratonovich) or 1 (Ito); see problems/equation.hpp. Where D is
/// constant the three agree. Gibbs states exp(-U/D) are stationary if b = 0 and D is a constant
/// scalar; the balanced fluxes keep them so exactly, whatever the grid.

#include "problems/problem.hpp"

namespace feller {

std::unique_ptr<ProblemKind> fokker_planck();

}  // namespace feller
