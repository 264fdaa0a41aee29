#pragma once

/// One problem on a ladder of grids or of steps, from coarse to fine, and its error on each rung.
///
///     rung k:  r^k times the cells along every axis, the steps, or both;   h = (|box| / cells)^1/d
///
/// What an error is measured against:
///
///     exact        cell means of the exact density at the end: errors in space and time together
///     exponential  e^(T A) on the same grid: the error in time alone
///     next         the next finer rung, restricted to this one's cells; the finest has no error.
///                  Needs nothing known, but does not see an equation that is wrong.
///
/// Differences e_k - e_{k+1} of errors C h^p are C (1 - r^-p) h^p: the order is the same.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "studies/flow/evolution.hpp"

namespace feller {

enum class Refined { space, time, both };
enum class Reference { exact, exponential, next };

struct LadderOptions {
  Refined refined = Refined::space;
  Reference reference = Reference::exact;
  int grids = 4;
  int ratio = 2;
  std::string method;  ///< propagator
  Schedule coarsest;   ///< of the first rung
  SolverOptions solver;
};

/// A number that is compared on every rung beside the density: "entropy"; "KL", relative entropy to
/// the grid's own steady state, if there is one; "mean_x", ..., "second_moment" about the origin.
struct Observable {
  std::string name;
  std::string meaning;
};

/// What one rung gave.
struct Rung {
  std::string cells;                  ///< "100 x 50"
  double h = 0;                       ///< [L]
  double dt = 0;                      ///< [T]
  std::array<double, 3> errors;       ///< L1, L2, Linf of the density, summed over the channels
  std::vector<double> values;         ///< of the observables
  std::vector<double> value_errors;   ///< against the reference, in the same order
  double solver_error = 0;            ///< bound of the solves' error in L1, over the L1 error
  std::vector<Field> states, misses;  ///< densities at the end and their errors, by channel; of
                                      ///< the coarsest and the last rung alone
};

class Ladder {
 public:
  /// The problem on `refinement` = r^k times the cells; nothing where it cannot be refined.
  using ProblemAt = std::function<std::shared_ptr<const Problem>(int refinement)>;

  /// Builds every problem. Collective; throws InputError, and MethodError naming a parameter where
  /// the options do not suit the problem.
  Ladder(const ProblemAt& problem_at, LadderOptions options);

  const std::vector<Observable>& observables() const { return observables_; }
  /// Expected by theory: 2 in space, that of the propagator in time, the lesser for both.
  int order() const;
  const Propagator& propagator() const { return coarsest_.front()->propagator(); }
  /// h or dt, whichever is refined.
  double spacing(const Rung& rung) const {
    return options_.refined == Refined::time ? rung.dt : rung.h;
  }

  /// Climbs one rung; k = 0, 1, ... in this order. With Reference::next the errors of rung k - 1
  /// are only known after rung k. Collective; throws SolverError.
  void climb(int k);
  const std::vector<Rung>& rungs() const { return rungs_; }

  /// Control: the L1 errors of the two coarsest rungs with the sign of the drift wrong, finer over
  /// coarser; nothing where that cannot be asked. Collective; throws SolverError.
  std::optional<double> reversed_ratio() const;

 private:
  const Problem& problem(int k) const { return *problems_[problems_.size() == 1 ? 0 : index(k)]; }
  static std::size_t index(int k) { return static_cast<std::size_t>(k); }
  Schedule schedule(int k) const;
  Evolutions evolutions_at(int k) const;
  void require_reference() const;
  void choose_observables();
  std::vector<double> observed(const Evolutions& all, const std::vector<Field>& states) const;
  Field reference(int k, int channel, const Generator& generator, double& residual) const;
  void compare(Rung& rung, const std::vector<Field>& references,
               const std::vector<double>& reference_values) const;

  LadderOptions options_;
  std::vector<std::shared_ptr<const Problem>> problems_;
  std::vector<Field> exact_;      ///< by problem and channel, if that is the reference
  Evolutions coarsest_, finest_;  ///< made first, so that complaints come before anything is run
  bool relaxes_ = false;
  std::vector<Observable> observables_;
  std::vector<Rung> rungs_;
};

}  // namespace feller
