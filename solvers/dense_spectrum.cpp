#include "solvers/dense_spectrum.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "solvers/slepc.hpp"

namespace feller {

std::vector<std::complex<double>> all_eigenvalues(const Generator& generator) {
  start_slepc();
  const auto cells = static_cast<PetscInt>(generator.grid().cells());
  EigenHandle eigen;
  check(EPSCreate(generator.grid().comm(), eigen.put()));
  check(EPSSetOperators(eigen.get(), generator.forward(), nullptr));
  check(EPSSetProblemType(eigen.get(), EPS_NHEP));
  check(EPSSetType(eigen.get(), EPSLAPACK));
  check(EPSSetDimensions(eigen.get(), cells, PETSC_DEFAULT, PETSC_DEFAULT));
  check(EPSSetWhichEigenpairs(eigen.get(), EPS_LARGEST_REAL));
  check(EPSSolve(eigen.get()));
  PetscInt found = 0;
  check(EPSGetConverged(eigen.get(), &found));
  if (found < cells) {
    throw SolverError(fmt::format("{} of {} eigenvalues were found", static_cast<int>(found),
                                  static_cast<int>(cells)));
  }
  std::vector<std::complex<double>> values;
  for (PetscInt i = 0; i < cells; ++i) {
    PetscScalar real = 0, imaginary = 0;
    check(EPSGetEigenvalue(eigen.get(), i, &real, &imaginary));
    values.emplace_back(real, imaginary);
  }
  std::ranges::stable_sort(values, std::greater{}, [](const auto& value) { return value.real(); });
  return values;
}

}  // namespace feller
