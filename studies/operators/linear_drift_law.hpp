#pragma once

/// Mean and variance under the forward equation with a linear drift, in the units theta = D = 1,
///
///     dp/dt = p'' - s (x p)',     s = -1: Peter 2023, (24), with its sign corrected
///                                 s = +1: as printed, where drift and density part
///
///     m(t) = m_0 e^(s t),         S(t) = int x^2 p = (S_0 + s) e^(2 s t) - s
///
/// and what Scharfetter and Gummel's scheme makes of it on equal cells of width h, up to O(h^4),
/// from its jump rates (1/h^2) B(-z), (1/h^2) B(z), z = s x h at the face:
///
///     m_h(t) = m_0 e^((s + h^2/6) t),     S_h(t) = (S_0 + h^2/12 + s) e^((2 s + h^2/2) t) - s
///
/// S_h of point masses at the centres, to which a density that is constant in each cell adds
/// h^2/12. So the error in the variance is known before anything is run.

#include "problems/processes/law.hpp"
#include "studies/operators/transition.hpp"

namespace feller {

class LinearDriftLaw {
 public:
  /// From the moments of the initial law on the line.
  LinearDriftLaw(const OrnsteinUhlenbeckTransition& transition, const Moments& initial, int sign);

  double mean(double time) const;
  double variance(double time) const;
  /// What the scheme's variance should be off by on cells of that width.
  double variance_bias(double time, double width) const;

 private:
  double variance_with(double time, double h_squared) const;

  double theta_, scale_;  ///< units of 1/time and of length squared, D / theta
  double mean_, second_;  ///< in these units
  int sign_;
};

}  // namespace feller
