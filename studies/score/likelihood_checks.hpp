#pragma once

/// What V15 says of McAllester (10), with its controls, once the numbers are there.

#include <vector>

#include "io/check.hpp"
#include "studies/score/sampled_information.hpp"

namespace feller {

/// One y at one level t of the noise.
struct LikelihoodTerm {
  double y = 0;
  double t = 0;
  double left = 0;          ///< -ln p(y)
  double integral = 0;      ///< beyond t
  double posterior = 0;     ///< E[-ln p(y|z(t))]
  double no_noise = 0;      ///< the integral with z(s) = y
  SampledIntegral sampled;  ///< the integral by Monte Carlo
};

/// Both sides, by quadrature and sampled; the factor 1/2 and the expectation dropped.
Checks likelihood_checks(const std::vector<LikelihoodTerm>& terms);

}  // namespace feller
