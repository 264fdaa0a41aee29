#pragma once

/// Eigenvalues of -A with the smallest modulus, and their modes (SLEPc, shift-and-invert
/// Krylov-Schur):
///
///     A r = -lambda r        right: masses, what decays like e^(-lambda t)
///     A^T l = -lambda l      left: functions of the starting point
///
/// In detailed balance from the symmetric Pi^-1/2 A Pi^1/2, whose modes s give r = Pi^1/2 s and
/// l = Pi^-1/2 s; lambda is real and, as the quotient
///
///     lambda = (sum over faces of (sqrt(back) s_L - sqrt(forth) s_K)^2 + sum of killing s^2) / s.s
///
/// free of cancellation, however slow the mode. Otherwise from A itself and its transpose: lambda
/// = -(l, A r) / (l, r), from the currents of r and the differences of l. Both quotients are
/// exact to the square of the modes' error. The left modes of small pi cannot come from Pi^-1/2 s,
/// whose error is relative to the largest s: they are found anew by inverse iteration with A^T.
///
/// Where no mass is killed the first mode is known: lambda = 0, l = 1, r the steady state.
/// Every mode has sum |r| = 1 and (l, r) = sum l r = 1. References: Saad 2011; Stewart 2001.

#include <complex>
#include <vector>

#include "discretisation/generator.hpp"

namespace feller {

/// In ascending order of the real part of lambda. Of a conjugate pair the first has the imaginary
/// part > 0; its fields are the real parts of both modes, those of the second the imaginary parts
/// of the first mode (as LAPACK has it).
struct Eigenmodes {
  std::vector<std::complex<double>> rates;  ///< lambda [1/T]
  std::vector<Field> right;                 ///< masses
  std::vector<Field> left;
  std::vector<double> residuals;       ///< |A r + lambda r|_1 / (max|A_KK| |r|_1)
  std::vector<double> left_residuals;  ///< |A^T l + lambda l|_max / (max|A_KK| |l|_max)
};

/// The first `count` of them, one more if that would part a pair. Collective; throws SolverError
/// if the eigensolver does not converge, InputError for more modes than cells.
Eigenmodes eigenmodes(const Generator& generator, int count);

/// The spectral gap: smallest positive eigenvalue of -A of a reversible generator [1/T], whose null
/// vector is deflated. Everything that is not stationary decays at least like e^(-gap t).
/// Collective; throws SolverError if the eigensolver does not converge. Relative accuracy 1e-10.
double spectral_gap(const Generator& generator);

}  // namespace feller
