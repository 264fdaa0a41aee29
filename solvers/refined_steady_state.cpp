#include "solvers/refined_steady_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "solvers/multigrid_solver.hpp"
#include "solvers/steady_scale.hpp"

namespace feller {
namespace {

/// Of the residual, relative to max|A_KK| |m|, in L1 and Linf: far below what is asked for, above
/// round-off.
constexpr double settled = 1e-14, settled_everywhere = 5e-14;
/// Of a start that is not to be improved upon.
constexpr double exact = 1e-15;
/// What rounding may leave of the change by a solve where the state is hardly bound, and what of
/// the estimate of the next one is never asked for.
constexpr double rounding = 1e-9, finest = 1e-12;
constexpr int most_solves = 30;
constexpr int most_iterations = 200;
constexpr int many_iterations = 10;
/// tau max|A_KK|.
constexpr double stiffness = 1e12, largest_stiffness = 1e14;
/// Of a solve, relative to its residual: of the first, and the bounds of later ones.
/// Smooth errors hardly show in it: they shrink some hundred times less.
constexpr double first_tolerance = 1e-7, tightest = 1e-10, loosest = 1e-3, smoothness = 100;
constexpr int sweeps = 3;

double norm(const Field& field, NormType type) {
  double size = 0;
  check(VecNorm(field.vector(), type, &size));
  return size;
}

class Refinement {
 public:
  Refinement(const Generator& generator, const Field& start, const SolverOptions& options)
      : generator_{generator},
        options_{options},
        kept_{generator, start},
        masses_{start},
        scale_{generator.grid(), 1},
        residual_{generator.grid()},
        stationary_{generator.grid()},
        fastest_{generator.largest_outflow()},
        converged_{std::max(options.tolerance, finest)} {
    symmetric_ = generator.reversible() && generator.log_weight_range() < widest_log_weight;
    if (symmetric_) {
      scale_ = transformed(generator.log_weight(), [](double log) { return std::exp(log); });
    }
  }

  RefinedState run() {
    measure();
    if (is_settled(exact)) return {std::move(masses_), {}, 0};
    if (!symmetric_) {
      scale_ = first_scale(generator_, masses_);
      relax(generator_, scale_, sweeps);
    }
    stationary_ = scale_;
    double tau = stiffness / fastest_;
    while (!(is_settled(settled) && estimate_ <= converged_)) {
      if (static_cast<int>(history_.size()) == most_solves) give_up("too many solves");
      const double before = change_;
      step(tau);
      const bool slow = change_ > before / 10 && estimate_ > converged_;
      if (slow && tau * fastest_ >= largest_stiffness) {
        if (change_ <= rounding) break;
        give_up("the last solves changed as much");
      }
      if (slow) tau *= 10;
      if (slow || history_.back().iterations > many_iterations) refresh_scale();
    }
    return {std::move(masses_), std::move(history_), estimate_};
  }

 private:
  static constexpr double widest_log_weight = 600;

  bool is_settled(double part) const {
    const double everywhere = part / settled * settled_everywhere;
    return size_ <= part * fastest_ * norm(masses_, NORM_1) &&
           norm(residual_, NORM_INFINITY) <= everywhere * fastest_ * norm(masses_, NORM_INFINITY);
  }

  void measure() {
    residual_ = generator_.apply(masses_);
    if (generator_.has_source()) {
      check(VecAXPY(residual_.vector(), 1, generator_.source().vector()));
    }
    size_ = norm(residual_, NORM_1);
  }

  /// What is still needed of the residual.
  double tolerance() const {
    if (history_.empty()) return first_tolerance;
    const double needed = 0.3 * std::min(converged_ / estimate_, 1.0) / smoothness;
    return std::clamp(needed, tightest, loosest);
  }

  void step(double tau) {
    const double rtol = tolerance();
    if (!solver_) {
      solver_.emplace(generator_, tau, scale_, symmetric_, MultigridSolver::Direction::forward,
                      options_);
    }
    check(KSPSetTolerances(solver_->krylov(), rtol, PETSC_DEFAULT, PETSC_DEFAULT, most_iterations));
    // What rounding leaves of its sum would become tau times as much mass.
    kept_.balance(residual_, stationary_);
    check(VecScale(residual_.vector(), tau));
    Field w{generator_.grid()};
    const int iterations = solve(w);
    check(VecPointwiseMult(w.vector(), w.vector(), scale_.vector()));
    check(VecAXPY(masses_.vector(), 1, w.vector()));
    // Along what is stationary, or the residual would grow again.
    adopt_positive(stationary_);
    kept_.restore(masses_, stationary_);
    const double before = std::exchange(change_, norm(w, NORM_1) / norm(masses_, NORM_1));
    estimate_ = change_ * std::clamp(change_ / before, std::min(smoothness * rtol, 1.0), 1.0);
    measure();
    history_.push_back(
        {tau, iterations, norm(residual_, NORM_INFINITY) / norm(masses_, NORM_INFINITY)});
    if (!std::isfinite(size_)) give_up("the state is not finite");
  }

  int solve(Field& w) {
    check(KSPSolve(solver_->krylov(), residual_.vector(), w.vector()));
    KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
    check(KSPGetConvergedReason(solver_->krylov(), &reason));
    PetscInt iterations = 0;
    check(KSPGetIterationNumber(solver_->krylov(), &iterations));
    if (reason < 0) give_up(KSPConvergedReasons[reason]);
    return static_cast<int>(iterations);
  }

  void refresh_scale() {
    solver_.reset();
    if (!symmetric_) adopt_positive(scale_);
  }

  /// Where a region's state is positive throughout, it is nearer to the stationary one.
  void adopt_positive(Field& guess) const {
    const auto label = kept_.regions().label.values();
    std::vector<double> least(kept_.regions().list.size(), HUGE_VAL);
    auto value = guess.values();
    const auto mass = masses_.values();
    for (std::size_t i = 0; i < label.size(); ++i) {
      if (label[i] < 0) continue;
      double& ratio = least[static_cast<std::size_t>(label[i])];
      ratio = std::min(ratio, mass[i] / value[i]);
    }
    check_mpi(MPI_Allreduce(MPI_IN_PLACE, least.data(), static_cast<int>(least.size()), MPI_DOUBLE,
                            MPI_MIN, generator_.grid().comm()));
    for (std::size_t i = 0; i < label.size(); ++i) {
      if (label[i] >= 0 && least[static_cast<std::size_t>(label[i])] > 0) value[i] = mass[i];
    }
  }

  [[noreturn]] void give_up(const std::string& why) const {
    throw SolverError(
        fmt::format("multigrid: the steady state did not settle in {} solves, the last residual "
                    "being {:.3g} of the fastest traffic ({})",
                    history_.size() + 1, size_ / (fastest_ * norm(masses_, NORM_1)), why));
  }

  const Generator& generator_;
  SolverOptions options_;
  KeptMass kept_;
  Field masses_, scale_, residual_;
  Field stationary_;  ///< the best guess so far, up to a factor in each region
  double fastest_, converged_;
  bool symmetric_ = false;
  double size_ = 0, change_ = HUGE_VAL, estimate_ = HUGE_VAL;
  std::optional<MultigridSolver> solver_;
  std::vector<SteadySolve> history_;
};

}  // namespace

bool suits_refinement(const Generator& generator) {
  return Multigrid::suits(generator.rates()) && generator.is_markov() &&
         one_way(generator.rates()).faces == 0;
}

RefinedState refined_steady_state(const Generator& generator, const Field& start,
                                  const SolverOptions& options) {
  return Refinement{generator, start, options}.run();
}

}  // namespace feller
