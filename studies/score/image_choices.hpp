#pragma once

/// How often pictures come out against their weights, from p_T and from N(0, T).
///
/// From N(0, T), KL of the choice is at most that of the start, B <= sum_k w_k |m_k|^2/(2 T) as KL
/// is convex, so that the total variation is at most sqrt(B/2) (Pinsker). That of M samples of K
/// pictures from their law is sqrt((K - 1)/M)/2 or less on average, and with a probability of 1 - p
/// at most sqrt(ln(1/p)/(2 M)) more (McDiarmid 1989).

#include <string>
#include <vector>

#include "io/check.hpp"
#include "studies/score/image_runs.hpp"

namespace feller {

/// Checks, and why others were left out.
struct ImageChecks {
  Checks checks;
  std::vector<std::string> left_out;
};

ImageChecks choice_checks(const ImagePlan& plan, const Clusters& pictures, const std::string& name,
                          const std::string& words, const std::vector<double>& counts,
                          const std::vector<double>& shares);

}  // namespace feller
