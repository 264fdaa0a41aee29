#pragma once

/// One channel of a problem on its way: generator, steady state, propagator and what was seen.

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "problems/problem.hpp"
#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"
#include "solvers/steady_state.hpp"
#include "studies/options.hpp"
#include "studies/program/kept_state.hpp"

namespace feller {

/// With the mass of the initial state, where there is one that does not depend on time. Collective;
/// throws SolverError.
std::optional<SteadyState> steady_state_of(const Problem& problem, int channel,
                                           const Generator& generator,
                                           const SolverOptions& options);

class Evolution {
 public:
  /// At time 0. Collective.
  Evolution(const Problem& problem, int channel, double step, const std::string& method,
            const SolverOptions& options, double tolerance = 0);
  Evolution(const Evolution&) = delete;
  Evolution& operator=(const Evolution&) = delete;

  void advance();

  /// At time 0.
  const Generator& generator() const { return generator_; }
  /// Where there is one: mass is conserved or supplied, by rates that do not depend on time.
  const SteadyState* steady() const { return steady_ ? &*steady_ : nullptr; }
  /// The density; and the mass in each cell, which is what moves.
  const Field& state() const { return state_; }
  const Field& masses() const { return masses_; }
  const Propagator& propagator() const { return *propagator_; }
  bool is_image() const { return is_image_; }
  const SolveReport& last_solve() const { return last_solve_; }

  /// A functional of the present state, computed once a step; NaN for one that compares with a
  /// steady state that is not there. Collective.
  double operator()(std::string_view functional);

  /// The worst that was seen, step by step, by `look`. Collective.
  struct Extremes {
    double mass_defect = 0;     ///< |M_n / M_0 - 1|
    double mass_rise = 0;       ///< largest (M_{n+1} - M_n) / M_0
    double residual = 0;        ///< |r|_1 / |b|_1 of one step, all its solves added up
    double worst_solve = 0;     ///< of one solve
    double error_l1 = 0;        ///< sum of |r|_1 over the steps: bounds the solver's error in mass
    double error_chi = 0;       ///< the same in the norm of chi-square
    double least = 0;           ///< smallest value of all
    double entropy_rise = 0;    ///< largest KL_{n+1} - KL_n; negative: it fell at every step
    int entropy_rise_step = 0;  ///< the step that made it
    double log_ratio = 0;       ///< max |ln(u/w)| where u > 0; it can only shrink
  };
  void look();
  /// All that the next step and the checks at the end need, with names that end in `suffix`.
  void keep(KeptState& state, const std::string& suffix);
  const Extremes& extremes() const { return extremes_; }

  double initial(std::string_view functional) const { return initial_.at(functional); }

 private:
  double value_of(const Functional& functional) const;
  double solver_error_chi() const;

  bool is_image_;
  Generator generator_;
  std::optional<SteadyState> steady_;
  std::unique_ptr<Propagator> propagator_;
  Field state_;
  Field masses_;
  SolveReport last_solve_;
  int steps_ = 0;
  double entropy_before_ = 0;
  double mass_before_ = 0;
  std::map<std::string_view, double> now_;
  std::map<std::string_view, double> initial_;
  Extremes extremes_;
};

using Evolutions = std::vector<std::unique_ptr<Evolution>>;

/// Evaluates coefficients that depend on time at up to 16 steps of the schedule, so that bad ones
/// are met before anything is written. Collective; throws InputError.
void try_in_time(const Problem& problem, const Schedule& schedule);

/// All channels of a problem. Collective.
Evolutions evolutions(const Problem& problem, const Schedule& schedule, const std::string& method,
                      SolverOptions options);

/// |u - exact|_1, summed over the channels, where the problem knows the exact state. Collective.
double error_against_exact(const Problem& problem, const Evolutions& all, double time);

}  // namespace feller
