#pragma once

/// [reverse_density]: which reverse processes of z(t) = y + sqrt(t) eps as densities on a grid,
/// from which start, on which ladder of grids.
///
/// The problem is the same process in the scaling variables x = z/sqrt(1 + t), ornstein_uhlenbeck
/// at the time ln(1 + t)/2. Rung l of the ladder has 2^l times the cells of the problem along every
/// axis and 2^l times the steps, uniform in ln t.

#include <optional>

#include "problems/processes/mixture.hpp"
#include "problems/processes/process.hpp"

#include "solvers/time_grids.hpp"
#include "studies/experiment.hpp"
#include "studies/score/reverse_ladder.hpp"

namespace feller {

struct DensityPlan {
  double from = 10, to = 0.1;  ///< T, t_0 [noise]
  bool exact_start = true;     ///< from p_T, or from N(0, T)
  int steps = 1, levels = 3;   ///< of the coarsest rung; rungs
  int particles = 0;           ///< of each motion
  std::uint64_t seed = 1;
  std::vector<NamedMotion> motions;  ///< the family, the printed ones, the doubled drift

  double sub_step = 1;  ///< of transport, as part of what is allowed

  double noise_at(int step, int all) const;  ///< t of the forward step
  /// Ascending times of the problem, the last at T.
  Times times(const Process& process, int all) const;
};

/// The time of the problem at which the noise is t.
double time_of_noise(const Process& process, double t);

/// Whether a motion has the laws of the forward process.
bool keeps_laws(const NamedMotion& motion);
/// lambda = 1 without its noise, the control of lambda = 0.
bool is_doubled(const NamedMotion& motion);

/// What the reverse processes start from, and should get to, in scaling variables.
std::unique_ptr<Law> start_law(const Process& process, const DensityPlan& plan);

class ReverseDensityOptions {
 public:
  void declare(Parameters& p);
  /// Throws InputError for what does not suit the problem, too. Collective.
  DensityPlan plan(const Experiment& experiment) const;

 private:
  void judge(const Experiment& experiment, const DensityPlan& plan) const;
  void judge_box(const Experiment& experiment, const DensityPlan& plan) const;

  std::vector<double> lambdas_{0, 0.5, 1, 2};
  std::string start_ = "exact";
  double from_ = 10;
  double to_ = 0.1;
  int steps_ = 40;
  int levels_ = 4;
  int particles_ = 65536;
  std::int64_t seed_ = 1;
};

/// Clusters of a population in n dimensions, for particles; none for uniform laws.
std::optional<Clusters> clusters_of(const Mixture& population);

}  // namespace feller
