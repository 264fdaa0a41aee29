#pragma once

/// The spectral gap: smallest positive eigenvalue of -A of a reversible generator [1/T].
///
/// From the symmetric -Pi^-1/2 A Pi^1/2, whose null vector sqrt(pi) is deflated, by
/// shift-and-invert Krylov-Schur (SLEPc). Everything that is not stationary decays at least like
/// e^(-gap t).

#include "discretisation/generator.hpp"

namespace feller {

/// Collective; throws SolverError if the eigensolver does not converge. Relative accuracy 1e-10.
double spectral_gap(const Generator& generator);

}  // namespace feller
