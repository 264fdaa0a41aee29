#include "solvers/matrix_function.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace feller {
namespace {

constexpr PetscInt subspace = 30;
constexpr double least_tolerance = 1e-14;

/// The tolerance in the Euclidean norm that is one of `truncation` in mass.
double euclidean(const Grid& grid, double truncation) {
  return std::max(least_tolerance, truncation / std::sqrt(static_cast<double>(grid.cells())));
}

}  // namespace

MatrixFunction::MatrixFunction(const Generator& generator, double tau, const SolverOptions& options)
    : generator_{generator},
      tau_{tau},
      truncation_{options.truncation},
      tolerance_{euclidean(generator.grid(), options.truncation)},
      start_{generator.grid()} {
  start_slepc();
}

MatrixFunctionHandle MatrixFunction::exponential_of(Mat matrix) const {
  MatrixFunctionHandle solver;
  check(MFNCreate(generator_.grid().comm(), solver.put()));
  check(MFNSetOperator(solver.get(), matrix));
  FN function = nullptr;
  check(MFNGetFN(solver.get(), &function));
  check(FNSetType(function, FNEXP));
  check(FNSetScale(function, tau_, 1));
  check(MFNSetType(solver.get(), MFNEXPOKIT));
  const auto cells = static_cast<PetscInt>(generator_.grid().cells());
  check(MFNSetDimensions(solver.get(), std::min(subspace, cells)));
  check(MFNSetTolerances(solver.get(), tolerance_, 100'000));
  check(MFNSetFromOptions(solver.get()));
  return solver;
}

SolveReport MatrixFunction::apply(MFN exponential, Field& u) {
  double size = 0;
  check(VecNorm(u.vector(), NORM_2, &size));
  if (size == 0 || generator_.largest_outflow() == 0) return {};
  check(VecCopy(u.vector(), start_.vector()));
  check(MFNSolve(exponential, start_.vector(), u.vector()));
  MFNConvergedReason reason = MFN_CONVERGED_ITERATING;
  PetscInt iterations = 0;
  check(MFNGetConvergedReason(exponential, &reason));
  check(MFNGetIterationNumber(exponential, &iterations));
  if (reason < 0) {
    throw SolverError(fmt::format("mfn: {} after {} restarts of {} vectors: take a smaller step",
                                  MFNConvergedReasons[reason], iterations, subspace));
  }
  // The tolerance is one of the Euclidean norm, residuals are measured in mass.
  const double cells = static_cast<double>(generator_.grid().cells());
  return {.iterations = static_cast<int>(iterations * subspace),
          .residual = tolerance_ * std::sqrt(cells)};
}

SolveReport MatrixFunction::advance(Field& m, int) {
  if (!forward_) forward_ = exponential_of(generator_.forward());
  const double before = total(m);
  SolveReport report = apply(forward_.get(), m);
  if (generator_.conserves_mass()) report.mass_defect = restore_mass(m, before);
  return report;
}

SolveReport MatrixFunction::advance_backward(Field& g, int) {
  if (!backward_) backward_ = exponential_of(generator_.backward());
  return apply(backward_.get(), g);
}

double MatrixFunction::contraction(double low, double) const {
  return std::exp(-tau_ * low);
}

std::string MatrixFunction::description() const {
  return fmt::format("matrix function by Krylov subspaces (SLEPc), step {:g}, {} vectors", tau_,
                     subspace);
}

}  // namespace feller
