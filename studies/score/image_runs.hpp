#pragma once

/// Ensembles of pictures that reverse processes make of noise, and what is measured of them.

#include <functional>
#include <optional>

#include "solvers/block_sums.hpp"
#include "solvers/estimate.hpp"
#include "studies/score/image_completion.hpp"

namespace feller {

/// Of which samples, the same for all runs of a study.
struct ImagePlan {
  double from = 1000, to = 1e-3, lambda = 1;
  int steps = 80;  ///< of the finest grid, equal in ln t
  int samples = 512;
  bool exact_start = true;
  ReverseScheme scheme = ReverseScheme::heun;

  /// The part r of the noise's variance t_0 that these steps leave around one picture, in closed
  /// form: with q = t'/t of a step, d = 1 - q, g = (1 + lambda)/2 and Heun's scheme,
  ///     r' = (F^2 r + lambda d (1 - g d/(2 q))^2)/q,    F = 1 - g d/2 - g d (1 - g d)/(2 q).
  double left_noise(int number_of_steps) const;
};

/// What became of them.
struct ImageOutcome {
  std::vector<double> counts;              ///< how many are nearest to each picture
  Estimate left;                           ///< |z - m|^2/n, m the nearest picture
  Estimate known;                          ///< |z_K - c|^2/|K|
  double furthest = 0;                     ///< largest |z - m|^2/n
  Estimate spread;                         ///< |z_T - E y|^2/n at the start
  std::vector<Estimate> shares;            ///< P(y = m_k | z_T) at the start
  std::vector<std::vector<double>> first;  ///< a few samples, on rank 0
};

/// How many are kept to be shown.
constexpr int shown_pictures = 8;

/// One run on every stride-th time: `pictures` with their weights move the particles; if
/// `replaced`, known pixels are replaced after each step. Collective. `tell` hears of the steps
/// done.
struct ImageRun {
  const Clusters& pictures;
  const KnownPixels& known;
  bool replaced = false;
  std::size_t stride = 1;
  std::uint64_t seed = 1;
};
ImageOutcome run_images(MPI_Comm comm, const ImagePlan& plan, const ImageRun& run,
                        const std::function<void(double)>& tell);

}  // namespace feller
