#pragma once

/// What reverse processes of a set of pictures must come to (V19), and what the replacement method
/// does not. Expected weights are by exact_choice, apart from those that move the particles.

#include <vector>

#include "studies/score/image_choices.hpp"

namespace feller {

/// All runs of the study, from coarse to fine where there are several.
struct ImageRuns {
  ImagePlan plan;
  std::vector<ImageOutcome> free;       ///< of half as many steps, of all
  std::vector<ImageOutcome> completed;  ///< by the exact conditional score
  std::vector<ImageOutcome> replaced;   ///< by the replacement method
};

ImageChecks image_checks(const Clusters& pictures, const KnownPixels& known, const ImageRuns& runs);

}  // namespace feller
