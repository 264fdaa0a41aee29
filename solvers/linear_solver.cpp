#include "solvers/linear_solver.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solvers/multigrid_solver.hpp"
#include "solvers/steady_scale.hpp"

namespace feller {
namespace {

/// Weights down to e^-600 = 1e-260 are divided by safely; so are roots of weights of twice that.
constexpr double widest_log_weight = 600;

/// Of the tolerance, in L1: how much larger the true residual may be than the one carried along.
constexpr double drift = 100;

/// exp(factor * ln pi) as a vector laid out like the field.
VectorHandle weight_power(const Field& log_weight, double factor) {
  VectorHandle vector;
  check(VecDuplicate(log_weight.vector(), vector.put()));
  check(VecCopy(log_weight.vector(), vector.get()));
  check(VecScale(vector.get(), factor));
  check(VecExp(vector.get()));
  return vector;
}

/// By far enough to divide by.
bool is_positive(const Field& field) {
  double least = 0, most = 0;
  check(VecMin(field.vector(), nullptr, &least));
  check(VecMax(field.vector(), nullptr, &most));
  return least > 1e-12 * most;
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
    : generator_{generator},
      tau_{tau},
      choice_{options.method == "auto" ? choose_method(generator, tau, options)
                                       : Choice{options.method, "as asked"}},
      markov_{generator.is_markov()},
      dimension_{generator.grid().dimension()},
      tolerance_{options.tolerance},
      options_{options} {
  check(VecDuplicate(generator.outflow().vector(), work_.put()));
  if (choice_.method == "multigrid") {
    build_multigrid();
    return;
  }
  build_system();
  if (choice_.method == "cg_icc" && variable_ != Variable::ratio) {
    throw MethodError(
        "solver.method",
        "needs detailed balance (a potential or a canonical osmosis) with weights above 1e-260; "
        "take bicgstab_ilu, amg or direct");
  }
  configure(options);
}

void LinearSolver::build_system() {
  const Mat forward = generator_.forward();
  check(MatDuplicate(forward, MAT_COPY_VALUES, system_.put()));
  check(MatScale(system_.get(), -tau_));
  check(MatShift(system_.get(), 1));
  if (!generator_.reversible()) return;
  const double range = generator_.log_weight_range();
  if (range < widest_log_weight) inverse_weight_ = weight_power(generator_.log_weight(), -1);
  if (choice_.method == "bicgstab_ilu") return;
  const bool root = choice_.method == "direct";
  if (range > (root ? 2 : 1) * widest_log_weight) return;
  if (root) {
    variable_ = Variable::root;
    scale_ = weight_power(generator_.log_weight(), 0.5);
    const VectorHandle inverse = weight_power(generator_.log_weight(), -0.5);
    check(MatDiagonalScale(system_.get(), inverse.get(), scale_.get()));
  } else {
    variable_ = Variable::ratio;
    scale_ = weight_power(generator_.log_weight(), 1);
    check(MatDiagonalScale(system_.get(), nullptr, scale_.get()));
  }
  check(MatSetOption(system_.get(), MAT_SPD, PETSC_TRUE));
}

LinearSolver::~LinearSolver() = default;

void LinearSolver::build_multigrid() {
  if (!Multigrid::suits(generator_.rates())) {
    throw MethodError("solver.method",
                      "multigrid is for two axes without periodic borders, and jumps to the 8 "
                      "neighbours: take amg or direct");
  }
  variable_ = Variable::ratio;
  const bool symmetric =
      generator_.reversible() && generator_.log_weight_range() < widest_log_weight;
  Field scale{generator_.grid(), 1};
  if (symmetric) {
    scale = transformed(generator_.log_weight(), [](double log) { return std::exp(log); });
    inverse_weight_ = weight_power(generator_.log_weight(), -1);
  } else if (Field found = near_null_vector(generator_); is_positive(found)) {
    scale = std::move(found);
  }
  scale_ = weight_power(scale, 0);
  check(VecCopy(scale.vector(), scale_.get()));
  multigrid_ = std::make_unique<MultigridSolver>(generator_, tau_, scale, symmetric,
                                                 MultigridSolver::Direction::forward, options_);
  if (!symmetric) multigrid_scale_ = std::move(scale);
}

KSP LinearSolver::krylov() const {
  return multigrid_ ? multigrid_->krylov() : krylov_.get();
}

/// Of the system in w transposed: where it is symmetric, the same.
KSP LinearSolver::transposed_krylov() {
  if (!multigrid_scale_) return krylov();
  if (!transposed_) {
    transposed_ =
        std::make_unique<MultigridSolver>(generator_, tau_, *multigrid_scale_, false,
                                          MultigridSolver::Direction::transposed, options_);
  }
  return transposed_->krylov();
}

/// Without a matrix if there is none.
void LinearSolver::apply_generator(const Field& x, Vec image) const {
  if (multigrid_) {
    check(VecCopy(generator_.apply(x).vector(), image));
  } else {
    check(MatMult(generator_.forward(), x.vector(), image));
  }
}

SolveReport LinearSolver::solve(const Field& b, Field& x) {
  SolveReport report;
  // The residual that an iteration carries along loses touch with the true one where the first
  // guess was far worse than 0: then it starts again from where it is.
  double before = HUGE_VAL;
  for (int attempt = 0; attempt < 5; ++attempt) {
    run_krylov(b, x);
    report.iterations += converged_iterations(krylov());
    measure_residual(b, x, report);
    if (!is_iterative() || report.residual <= drift * tolerance_) break;
    if (!(report.residual < before / 2)) break;
    before = report.residual;
  }
  restore_mass(b, x, report);
  return report;
}

int LinearSolver::converged_iterations(KSP krylov) const {
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  check(KSPGetConvergedReason(krylov, &reason));
  if (reason == KSP_DIVERGED_PC_FAILED && !is_iterative()) {
    throw SolverError(
        "direct: the matrix could not be factored; its factors may need more memory than there is");
  }
  if (reason < 0) throw SolverError(fmt::format("{}: {}", choice_.method, reason_text(krylov)));
  PetscInt iterations = 0;
  check(KSPGetIterationNumber(krylov, &iterations));
  return static_cast<int>(iterations);
}

SolveReport LinearSolver::solve_transposed(const Field& b, Field& x) {
  // I - tau A = W Pi^-1 = Pi^1/2 S Pi^-1/2, S symmetric, and W too in detailed balance.
  if (variable_ == Variable::plain) {
    check(KSPSolveTranspose(krylov_.get(), b.vector(), x.vector()));
  } else {
    check(VecPointwiseMult(work_.get(), b.vector(), scale_.get()));
    check(KSPSolve(transposed_krylov(), work_.get(), x.vector()));
    if (variable_ == Variable::root) {
      check(VecPointwiseDivide(x.vector(), x.vector(), scale_.get()));
    }
  }
  SolveReport report{.iterations = converged_iterations(transposed_krylov())};
  if (multigrid_) {
    check(VecCopy(generator_.apply_backward(x).vector(), work_.get()));
  } else {
    check(MatMultTranspose(generator_.forward(), x.vector(), work_.get()));
  }
  check(VecScale(work_.get(), tau_));
  check(VecAXPBYPCZ(work_.get(), -1, 1, 1, x.vector(), b.vector()));
  double size = 0, norm = 0;
  check(VecNorm(b.vector(), NORM_INFINITY, &size));
  check(VecNorm(work_.get(), NORM_INFINITY, &norm));
  report.residual = report.worst = size > 0 ? norm / size : norm;
  return report;
}

void LinearSolver::run_krylov(const Field& b, Field& x) {
  if (variable_ == Variable::plain) {
    check(KSPSolve(krylov_.get(), b.vector(), x.vector()));
    return;
  }
  Vec right_side = b.vector();
  if (variable_ == Variable::root) {
    check(VecPointwiseDivide(work_.get(), b.vector(), scale_.get()));
    right_side = work_.get();
  } else {
    check(VecPointwiseDivide(x.vector(), x.vector(), scale_.get()));
  }
  check(KSPSolve(krylov(), right_side, x.vector()));
  check(VecPointwiseMult(x.vector(), x.vector(), scale_.get()));
}

void LinearSolver::measure_residual(const Field& b, const Field& x, SolveReport& report) {
  const Vec r = work_.get();
  apply_generator(x, r);
  check(VecScale(r, tau_));
  check(VecAXPBYPCZ(r, -1, 1, 1, x.vector(), b.vector()));
  double size = 0, norm = 0;
  check(VecNorm(b.vector(), NORM_1, &size));
  check(VecNorm(r, NORM_1, &norm));
  report.residual = report.worst = size > 0 ? norm / size : norm;
  if (!inverse_weight_) return;
  check(VecPointwiseMult(r, r, r));
  double weighted = 0;
  check(VecDot(r, inverse_weight_.get(), &weighted));
  report.residual_chi = std::sqrt(weighted);
}

void LinearSolver::restore_mass(const Field& b, Field& x, SolveReport& report) const {
  double killed = 0, size = 0;
  if (!generator_.conserves_mass()) {
    check(VecDot(generator_.killing().vector(), x.vector(), &killed));
  }
  check(VecNorm(b.vector(), NORM_1, &size));
  const double wanted = total(b), found = total(x) + tau_ * killed;
  if (size == 0) return;
  report.mass_defect = std::abs(found - wanted) / size;
  if (!std::isfinite(report.mass_defect) || (found == 0 && wanted != 0)) {
    throw SolverError(
        fmt::format("{}: the solution has mass {}, not {}", choice_.method, found, wanted));
  }
  const bool one_sign = std::abs(wanted) > 0.5 * size;
  if (one_sign) check(VecScale(x.vector(), wanted / found));
}

}  // namespace feller
