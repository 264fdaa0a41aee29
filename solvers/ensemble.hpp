#pragma once

/// Many trajectories of the chain from one image, by their mean and variance in each pixel, without
/// keeping any of them:
///
///     mean_M = 1/M sum_m U^m,     squares_M = sum_m (U^m - mean_M)^2
///
/// by Welford's recursion, member by member, so that nothing cancels. A block of pixels goes
/// through all members while it is in the cache; what a rank has depends on no other rank.

#include <functional>
#include <vector>

#include "solvers/pixel_chain.hpp"

namespace feller {

/// Of one image at one time.
struct Sample {
  Field mean;
  Field squares;  ///< sum of the squared deviations from the mean
};

struct EnsemblePlan {
  NoiseKey key;  ///< its stream is the number of the first member, its step counts for nothing
  int members = 0;
  /// What each member goes through from one look to the next: one entry a look.
  std::vector<std::vector<ChainMove>> legs;
};

/// A sample a look. `progress`, if there is one, is told the part that this rank has done, 0..1.
/// Not collective beyond the making of fields.
std::vector<Sample> run_ensemble(const Field& start, const EnsemblePlan& plan,
                                 const std::function<void(double)>& progress = {});

}  // namespace feller
