#pragma once

/// The linear systems of implicit steps:  (I - tau A) x = b,  A the generator.
///
/// Where A is in detailed balance with a weight pi the system is solved in another variable, in
/// which it is symmetric positive definite:
///
///     w = x / pi           (Pi - tau A Pi) w = b                Krylov methods
///     s = x / sqrt(pi)     (I - tau Pi^-1/2 A Pi^1/2) s = Pi^-1/2 b      factorisations
///
/// | method       | what                                            | when               |
/// |--------------|-------------------------------------------------|--------------------|
/// | bicgstab_ilu | BiCGSTAB, ILU(0), in x                          | no detailed balance |
/// | cg_icc       | CG, IC(0), in w                                 | small tau          |
/// | amg          | CG in w (BiCGSTAB in x), BoomerAMG              | large tau and grid |
/// | multigrid    | CG in w (BiCGSTAB in u / null vector), multigrid | planes, no matrix  |
/// | direct       | Cholesky in s, or LU in x                       | many equal steps   |
///
/// Norms are those of the residual in b, never preconditioned ones, relative to |b|. Since
/// |(I - tau A)^-1|_1 = 1, the error of the mass in x is at most |residual|_1.
///
/// A Krylov method leaks mass at its tolerance. The columns of A sum to -killing, so mass(x) + tau
/// killing.x = mass(b): the defect is taken out by scaling x, and its relative size is reported.
/// Where b has both signs and hardly any mass there is nothing to scale.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discretisation/generator.hpp"

namespace feller {

class MultigridSolver;

struct SolverOptions {
  std::string method = "auto";
  double tolerance = 1e-10;  ///< of the residual, relative to the right-hand side
  int max_iterations = 10'000;
  double truncation = 0;       ///< error at which an exponential's polynomial ends; 0: round-off
  bool keep_positive = false;  ///< values span many orders of magnitude and none may be negative
  int solves = 1;              ///< how many are expected with one tau: pays for a factorisation
  int steps = 1;               ///< of the whole run, whatever their coefficients; at least `solves`
};

struct SolverMethod {
  std::string_view name;
  std::string_view meaning;
};

std::vector<SolverMethod> solver_methods();

/// A method and why it was taken.
struct Choice {
  std::string method;
  std::string reason;
};

/// What `auto` means for this system: the least estimated time for all the expected solves.
Choice choose_method(const Generator& generator, double tau, const SolverOptions& options);

/// The same for a steady state: multigrid, a factorisation, or what `auto` means for a long step.
Choice choose_steady_method(const Generator& generator, const SolverOptions& options);

/// Nanoseconds a cell for set-up and all the expected solves with that choice, roughly.
double estimated_cost(const Generator& generator, double tau, const SolverOptions& options);

/// Whether the factors of a matrix on this grid fit into memory (about 750 bytes a cell in 2-D).
bool factors_fit(const Grid& grid);

/// How a solve went. The residual r = b - (I - tau A) x is computed anew from A, whatever the
/// method and PETSc's options, before the mass is restored.
struct SolveReport {
  int iterations = 0;
  double mass_defect = 0;  ///< |mass(x) + tau killing.x - mass(b)| / |b|_1, before it was taken out
  double residual = 0;     ///< |r|_1 / |b|_1: bounds the error of x in mass, and the mass defect
  double worst = 0;        ///< the largest residual, where several solves were added up
  double residual_chi = 0;  ///< (sum r^2 / pi)^1/2, max pi = 1; 0 unless reversible
};

/// A method that was asked for, by that parameter, does not suit the generator.
struct MethodError : InputError {
  MethodError(std::string parameter, const std::string& words)
      : InputError{words}, key{std::move(parameter)} {}
  std::string key;
};

class LinearSolver {
 public:
  /// Sets up (factors) I - tau A. The generator must outlive the solver. Collective; throws
  /// SolverError, and MethodError for a method that this generator does not allow.
  LinearSolver(const Generator& generator, double tau, const SolverOptions& options);

  /// Solves for x; what x holds is the first guess. Collective; throws SolverError with PETSc's
  /// reason if the method does not converge.
  SolveReport solve(const Field& b, Field& x);

  /// Solves (I - tau A)^T x = b with the same matrix and factors. Mass is nothing that this keeps,
  /// so none is restored; a Krylov method's residual is that of pi b. Collective; throws
  /// SolverError.
  SolveReport solve_transposed(const Field& b, Field& x);

  ~LinearSolver();
  LinearSolver(LinearSolver&&) = delete;

  const Choice& choice() const { return choice_; }
  bool is_iterative() const { return choice_.method != "direct"; }
  /// "cg_icc (why)".
  std::string description() const { return choice_.method + " (" + choice_.reason + ")"; }

 private:
  void build_system();
  void build_multigrid();
  KSP krylov() const;
  KSP transposed_krylov();
  void apply_generator(const Field& x, Vec image) const;
  void configure(const SolverOptions& options);
  void run_krylov(const Field& b, Field& x);
  int converged_iterations(KSP krylov) const;
  void measure_residual(const Field& b, const Field& x, SolveReport& report);
  void restore_mass(const Field& b, Field& x, SolveReport& report) const;

  enum class Variable { plain, ratio, root };  ///< x, w, s

  const Generator& generator_;
  double tau_;
  Choice choice_;
  Variable variable_ = Variable::plain;
  bool markov_ = true;
  int dimension_;
  double tolerance_;
  MatrixHandle system_;
  KrylovHandle krylov_;
  SolverOptions options_;
  std::unique_ptr<MultigridSolver> multigrid_, transposed_;
  std::optional<Field> multigrid_scale_;  ///< pi, or a near-null vector
  VectorHandle scale_;                    ///< pi or sqrt(pi)
  VectorHandle work_;
  VectorHandle inverse_weight_;  ///< 1 / pi, where it can be formed
};

}  // namespace feller
