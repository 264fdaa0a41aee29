#pragma once

/// The parts of the study of denoisers that learn from samples: at single levels of noise, over all
/// of them, with more features and samples, with and without scaling.

#include "studies/experiment.hpp"
#include "studies/score/denoiser_ladders.hpp"

namespace feller {

/// The parts of the study that learn; each fills tables and adds checks.
class Lessons {
 public:
  /// Refers to its arguments.
  Lessons(const Mixture& population, const DenoiserPlan& plan, MPI_Comm comm)
      : population_{population}, plan_{plan}, comm_{comm} {}

  /// Denoisers at each level, and one over all.
  void learn(Experiment& experiment, Recorder& recorder) const;
  /// With more features, and from more samples.
  void climb(Experiment& experiment, Recorder& recorder) const;
  /// Condition numbers with and without scaling.
  void compare_scales(Experiment& experiment, Recorder& recorder, double furthest) const;

 private:
  LevelFit learn_over_all(Experiment& experiment, Recorder& recorder) const;
  bool is_seen(const NoiseLevel& level, const Point& z) const;
  /// Particles of the reverse process; `bound` of their relative entropy at the end.
  void reverse(Experiment& experiment, Recorder& recorder, const LearnedDenoiser& learned,
               double bound) const;
  void draw_curves(Recorder& recorder, const std::vector<LearnedDenoiser>& learned) const;

  const Mixture& population_;
  const DenoiserPlan& plan_;
  MPI_Comm comm_;
};

}  // namespace feller
