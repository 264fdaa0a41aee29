#pragma once

/// phi-entropies along a flow: of a density u relative to another, w, that is stationary or moves
/// by the same steps.
///
///     D(u_{n+1}|w_{n+1}) <= D(u_n|w_n)        for every phi, where the step is a Markov matrix
///
/// What the entropies lose in a step of implicit Euler is compared with the exact identity
/// (solvers/dissipation.hpp), and what they gain with what errors of the solver allow.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "problems/problem.hpp"
#include "solvers/dissipation.hpp"
#include "solvers/propagator.hpp"

namespace feller {

/// A value of a field and where it is: the smallest one, for what went wrong.
struct Place {
  double value = 0;
  Point point{};
};

/// The smallest value, in the cell of smallest number among equals. Collective.
Place lowest(const Field& field);

/// One entropy along a flow.
struct EntropyTrack {
  std::string name;
  std::unique_ptr<PhiEntropy> entropy;
  double value = 0;  ///< now
  /// The step in which it rose most beyond what errors allow; a rise is NaN where it is undefined.
  struct Rise {
    double beyond = -HUGE_VAL;
    double rise = -HUGE_VAL;
    double allowed = 0;
    int step = 0;
    Place least{};  ///< of u after that step
  } worst{};
  /// The step of implicit Euler in which the identity failed most, relative to `scale`.
  struct Defect {
    static constexpr double round_off = 1e-12;
    double beyond = 0;  ///< what round-off and residuals allow
    double defect = -1;
    double allowed = 0;  ///< by the residuals of the solves
    int step = 0;
  } identity{};
  double scale = 0;  ///< largest finite value so far
  double loss = 0;   ///< by the identity, in the last step
  double defect = 0;
  int finite = 0;  ///< steps from a finite value

  bool decreased() const { return worst.beyond <= 0; }
};

class EntropyFlow {
 public:
  /// What moves, and beside what; `log_stationary` or `second` is given.
  struct Start {
    Field u;
    std::optional<Field> log_stationary{};
    std::optional<Field> second{};
  };
  /// The problem must outlive the flow. Collective.
  EntropyFlow(const Problem& problem, int channel, const std::string& method, double step,
              const SolverOptions& options, Start start);
  EntropyFlow(const EntropyFlow&) = delete;
  EntropyFlow& operator=(const EntropyFlow&) = delete;

  /// Before the first step. Collective.
  void watch(std::string name, std::unique_ptr<PhiEntropy> entropy);
  /// A step, and all entropies after it. Collective; throws SolverError.
  void advance();

  const std::vector<EntropyTrack>& tracks() const { return tracks_; }
  const Field& state() const { return state_; }
  const Field& log_beside() const { return log_beside_; }
  const Field* second() const { return second_ ? &*second_ : nullptr; }
  const Propagator& propagator() const { return *propagator_; }
  /// At time 0; and that of the last step.
  const Generator& generator() const { return generator_; }
  const Generator& latest_generator() const { return latest_ ? *latest_ : generator_; }
  /// The step is (I - tau A)^-1, so that the identity holds.
  bool has_identity() const { return euler_; }
  int steps() const { return steps_; }
  double mass() const { return mass_; }  ///< at the start
  double mass_now() const { return mass_now_; }
  const Place& least_now() const { return least_now_; }

  struct Extremes {
    double mass_defect = 0;
    double residual = 0;  ///< of one solve
    double error_l1 = 0;  ///< sum of |r|_1
    Place least{HUGE_VAL, {}};
    int least_step = 0;
  };
  const Extremes& extremes() const { return extremes_; }

 private:
  void move_both();
  void move(Field& density, Propagator& propagator);
  void see_state();
  void compare_entropies(const Field& before, const Field& log_before);
  double rounding(const PhiEntropy& entropy) const;
  void judge(EntropyTrack& track, double before, double allowed);
  void compare(EntropyTrack& track, double before, const EulerStep::Loss& loss);

  const Problem& problem_;
  int channel_;
  bool euler_ = false;
  Generator generator_;
  std::optional<Generator> latest_;  ///< where it depends on time
  std::unique_ptr<Propagator> propagator_;
  std::unique_ptr<Propagator> second_propagator_;  ///< for a method with a memory
  Field state_;
  std::optional<Field> second_;
  Field log_beside_;
  double mass_;
  double mass_now_;
  int steps_ = 0;
  SolveReport last_solve_;
  Place least_now_;
  std::vector<EntropyTrack> tracks_;
  Extremes extremes_;
};

}  // namespace feller
