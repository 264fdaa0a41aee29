#pragma once

/// What V15 says of (12), with its controls, once the numbers are there.

#include <vector>

#include "io/check.hpp"
#include "studies/score/sampled_information.hpp"

namespace feller {

/// At one level of noise.
struct InformationRow {
  double t = 0;
  double by_mmse = 0;
  double by_entropy = 0;
  double reading_a = 0;
  double reading_b = 0;
  SampledIntegral sampled;  ///< with all that is beyond the last level
};

/// Where quadratures are compared: both sides to about 1e-11.
inline constexpr double quadrature_bound = 1e-10;

/// The two sides, and the factor 1/2 dropped.
Checks side_checks(const std::vector<InformationRow>& rows);
/// I for late t, and of a discrete law for early t.
Checks limit_checks(const Noised& noised, const std::vector<InformationRow>& rows);
/// Of a discrete law: where half of H(P) is left, and that this scales as data do.
Checks threshold_checks(const Noised& noised);
Check sampled_check(const std::vector<InformationRow>& rows);
/// (11) as printed, for variances 1 and t_0 = 1.
Checks reading_checks();

}  // namespace feller
