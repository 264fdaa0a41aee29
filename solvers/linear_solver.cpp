#include "solvers/linear_solver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/functionals.hpp"

namespace feller {
namespace {

/// Weights down to e^-600 = 1e-260 are divided by safely; so are roots of weights of twice that.
constexpr double widest_log_weight = 600;

/// exp(factor * ln pi) as a vector laid out like the field.
VectorHandle weight_power(const Field& log_weight, double factor) {
  VectorHandle vector;
  check(VecDuplicate(log_weight.vector(), vector.put()));
  check(VecCopy(log_weight.vector(), vector.get()));
  check(VecScale(vector.get(), factor));
  check(VecExp(vector.get()));
  return vector;
}

std::string reason_text(KSP krylov) {
  const char* text = nullptr;
  check(KSPGetConvergedReasonString(krylov, &text));
  PetscInt iterations = 0;
  PetscReal residual = 0;
  check(KSPGetIterationNumber(krylov, &iterations));
  check(KSPGetResidualNorm(krylov, &residual));
  return fmt::format("{} after {} iterations, residual {:.3g}", text, iterations, residual);
}

}  // namespace

LinearSolver::LinearSolver(const Generator& generator, double tau, const SolverOptions& options)
    : choice_{options.method == "auto" ? choose_method(generator, tau, options)
                                       : Choice{options.method, "as asked"}},
      markov_{generator.is_markov()},
      dimension_{generator.grid().dimension()} {
  build_system(generator, tau);
  if (choice_.method == "cg_icc" && variable_ != Variable::ratio) {
    throw MethodError(
        "needs detailed balance (a potential or a canonical osmosis) with weights above 1e-260; "
        "take bicgstab_ilu, amg or direct");
  }
  configure(options);
}

void LinearSolver::build_system(const Generator& generator, double tau) {
  const Mat forward = generator.forward();
  check(MatDuplicate(forward, MAT_COPY_VALUES, system_.put()));
  check(MatScale(system_.get(), -tau));
  check(MatShift(system_.get(), 1));
  check(MatCreateVecs(system_.get(), nullptr, right_side_.put()));
  if (!generator.reversible() || choice_.method == "bicgstab_ilu") return;
  const bool root = choice_.method == "direct";
  if (generator.log_weight_range() > (root ? 2 : 1) * widest_log_weight) return;
  if (root) {
    variable_ = Variable::root;
    scale_ = weight_power(generator.log_weight(), 0.5);
    const VectorHandle inverse = weight_power(generator.log_weight(), -0.5);
    check(MatDiagonalScale(system_.get(), inverse.get(), scale_.get()));
  } else {
    variable_ = Variable::ratio;
    scale_ = weight_power(generator.log_weight(), 1);
    check(MatDiagonalScale(system_.get(), nullptr, scale_.get()));
  }
  check(MatSetOption(system_.get(), MAT_SPD, PETSC_TRUE));
}

void LinearSolver::configure(const SolverOptions& options) {
  MPI_Comm comm = MPI_COMM_NULL;
  check(PetscObjectGetComm(reinterpret_cast<PetscObject>(system_.get()), &comm));
  check(KSPCreate(comm, krylov_.put()));
  const KSP krylov = krylov_.get();
  check(KSPSetOperators(krylov, system_.get(), system_.get()));
  // A first guess may be far worse than none, so growth of the residual stops nothing.
  constexpr double no_limit = 1e100;
  check(
      KSPSetTolerances(krylov, options.tolerance, PETSC_DEFAULT, no_limit, options.max_iterations));
  PC preconditioner = nullptr;
  check(KSPGetPC(krylov, &preconditioner));
  if (choice_.method == "direct") {
    configure_direct();
  } else {
    const bool symmetric = variable_ == Variable::ratio;
    check(KSPSetType(krylov, symmetric ? KSPCG : KSPBCGS));
    if (symmetric) {
      check(KSPSetNormType(krylov, KSP_NORM_UNPRECONDITIONED));
    } else {
      check(KSPSetPCSide(krylov, PC_RIGHT));
    }
    check(KSPSetInitialGuessNonzero(krylov, PETSC_TRUE));
    const bool serial = size_of(comm) == 1;
    if (choice_.method == "amg") {
      check(PCSetType(preconditioner, PCHYPRE));
      check(PCHYPRESetType(preconditioner, "boomeramg"));
    } else if (serial) {
      check(PCSetType(preconditioner, symmetric ? PCICC : PCILU));
    } else {
      check(PCSetType(preconditioner, PCBJACOBI));
      check(KSPSetUp(krylov));
      KSP* blocks = nullptr;
      check(PCBJacobiGetSubKSP(preconditioner, nullptr, nullptr, &blocks));
      PC block = nullptr;
      check(KSPGetPC(blocks[0], &block));
      check(PCSetType(block, symmetric ? PCICC : PCILU));
    }
  }
  check(KSPSetFromOptions(krylov));
  check(KSPSetUp(krylov));
}

/// Small systems are factored whole on every rank: cheaper than sharing them, and the same to the
/// last digit on any number of ranks.
void LinearSolver::configure_direct() {
  const PetscInt small = dimension_ == 3 ? 20'000 : 100'000;
  const KSP krylov = krylov_.get();
  check(KSPSetType(krylov, KSPPREONLY));
  PC factor = nullptr;
  check(KSPGetPC(krylov, &factor));
  MPI_Comm comm = MPI_COMM_NULL;
  check(PetscObjectGetComm(reinterpret_cast<PetscObject>(krylov), &comm));
  PetscInt rows = 0;
  check(MatGetSize(system_.get(), &rows, nullptr));
  if (size_of(comm) > 1 && rows <= small) {
    check(PCSetType(factor, PCREDUNDANT));
    check(PCRedundantSetNumber(factor, size_of(comm)));
    KSP inner = nullptr;
    check(PCRedundantGetKSP(factor, &inner));
    check(KSPGetPC(inner, &factor));
  }
  choose_factorisation(factor, rows <= small, size_of(comm) == 1 || rows <= small);
}

/// The diagonal of an M-matrix serves as pivot, so that no cancellation can turn a value negative;
/// a matrix that is none gets MUMPS with its own pivoting.
void LinearSolver::choose_factorisation(PC factor, bool small, bool whole) const {
  const bool symmetric = variable_ == Variable::root;
  check(PCSetType(factor, symmetric ? PCCHOLESKY : PCLU));
  if (whole && symmetric && dimension_ > 1) {
    check(PCFactorSetMatSolverType(factor, MATSOLVERCHOLMOD));
  } else if (whole && markov_ && (dimension_ == 1 || small)) {
    check(PCFactorSetMatSolverType(factor, MATSOLVERPETSC));
    check(PCFactorSetMatOrderingType(factor, dimension_ == 1 ? MATORDERINGNATURAL : MATORDERINGND));
  } else {
    check(PCFactorSetMatSolverType(factor, MATSOLVERMUMPS));
    if (!markov_) return;
    check(PCFactorSetUpMatSolverType(factor));
    Mat factors = nullptr;
    check(PCFactorGetMatrix(factor, &factors));
    check(MatMumpsSetCntl(factors, 1, 0.0));
  }
}

SolveReport LinearSolver::solve(const Field& b, Field& x) {
  const KSP krylov = krylov_.get();
  SolveReport report;
  switch (variable_) {
    case Variable::plain:
      check(KSPSolve(krylov, b.vector(), x.vector()));
      break;
    case Variable::ratio:
      check(VecPointwiseDivide(x.vector(), x.vector(), scale_.get()));
      check(KSPSolve(krylov, b.vector(), x.vector()));
      check(VecPointwiseMult(x.vector(), x.vector(), scale_.get()));
      break;
    case Variable::root:
      check(VecPointwiseDivide(right_side_.get(), b.vector(), scale_.get()));
      check(KSPSolve(krylov, right_side_.get(), x.vector()));
      check(VecPointwiseMult(x.vector(), x.vector(), scale_.get()));
      break;
  }
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  check(KSPGetConvergedReason(krylov, &reason));
  if (reason < 0) throw SolverError(fmt::format("{}: {}", choice_.method, reason_text(krylov)));
  PetscInt iterations = 0;
  check(KSPGetIterationNumber(krylov, &iterations));
  report.iterations = static_cast<int>(iterations);
  restore_mass(b, x, report);
  return report;
}

void LinearSolver::restore_mass(const Field& b, Field& x, SolveReport& report) const {
  const double wanted = mass(b), found = mass(x);
  if (wanted == 0) return;
  report.mass_defect = std::abs(found / wanted - 1);
  if (!std::isfinite(report.mass_defect) || found == 0) {
    throw SolverError(
        fmt::format("{}: the solution has mass {}, not {}", choice_.method, found, wanted));
  }
  check(VecScale(x.vector(), wanted / found));
}

}  // namespace feller
