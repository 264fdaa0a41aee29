#pragma once

/// Denoisers learned at single levels of noise, from more and more samples, with more and more
/// features: their excess risk beside what theory says of it (best_fit.hpp).

#include "solvers/estimate.hpp"
#include "studies/score/best_fit.hpp"
#include "studies/score/learned_denoiser.hpp"

namespace feller {

struct DenoiserPlan {
  FeaturePlan features;
  std::vector<double> times;  ///< levels, ascending
  double first = 0.1;         ///< of all levels together, from ...
  double last = 100;          ///< ... to
  std::int64_t samples = 0;
  int replicates = 0;
  std::int64_t particles = 0;  ///< of the reverse process
  int steps = 128;             ///< it takes
  std::uint64_t seed = 1;

  /// What a stream of samples is for.
  enum class Use : std::uint32_t { learning, trying, control, normal, replicate, start, path };
  /// At one level; streams differ for different uses, levels and numbers.
  SamplePlan at(double t, Use use, std::size_t number = 0) const;
  /// Over all levels.
  SamplePlan over_all(Use use) const;
  /// The features for one level, `count` along an axis.
  FeaturePlan one_level(int count) const;
  FeaturePlan one_level() const { return one_level(features.count); }
  /// More and more of them.
  std::vector<int> counts(int dimension) const;
};

/// What came of one level.
struct LevelFit {
  double t = 0;
  double mmse = 0;
  double excess = 0;  ///< by quadrature
  Estimate sampled;   ///< by other samples, with the standard error of theory
  double approximation = 0;
  double estimation = 0;  ///< its mean, by theory
  int iterations = 0;
  double orthogonality = 0;
};

LevelFit look_at(const LearnedDenoiser& learned, const Mixture& population,
                 const DenoiserPlan& plan, double t, MPI_Comm comm);

/// Features of one count.
struct FeatureRung {
  int size = 0;
  struct Level {
    double excess = 0, approximation = 0, bound = 0, neglected = 0, orthogonality = 0;
  };
  std::vector<Level> levels;
};
/// Collective.
FeatureRung feature_rung(const Mixture& population, const DenoiserPlan& plan, int count,
                         MPI_Comm comm);

/// Many fits, each to so many samples of its own.
struct SampleRung {
  std::int64_t samples = 0;
  Estimate excess;  ///< mean over the fits, with the error that their spread tells
  double approximation = 0;
  double estimation = 0;
  double neglected = 0;
  int features = 0, replicates = 0;

  /// Whether theory, of first order in 1/M, may be asked: E|Q|^4/M, the mean square of what the
  /// Gram matrix of the samples is off (Frobenius), is small.
  bool is_first_order() const { return neglected * features <= 0.25; }
};
/// Collective.
SampleRung sample_rung(const Mixture& population, const DenoiserPlan& plan, double t,
                       std::int64_t samples, MPI_Comm comm);

}  // namespace feller
