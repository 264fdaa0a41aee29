#pragma once

/// All eigenvalues of a generator A on a small grid, with signs and growth allowed (SLEPc's LAPACK
/// solver: the QR algorithm on the dense matrix, which every rank holds):
///
///     A r = lambda r,   du/dt = A u   =>   u grows like e^(lambda t) where Re lambda > 0
///
/// For generators of processes, which never grow, solvers/eigenmodes.hpp finds the slowest modes of
/// grids of any size. References: Francis 1961; Golub & Van Loan 2013, section 7.5.

#include <complex>
#include <vector>

#include "discretisation/generator.hpp"

namespace feller {

/// In descending order of the real part; those of a conjugate pair follow each other. Each is exact
/// to about epsilon |A| times its condition number. Collective; throws SolverError.
std::vector<std::complex<double>> all_eigenvalues(const Generator& generator);

}  // namespace feller
