#include "studies/operators/linear_drift_law.hpp"

#include <cmath>

namespace feller {

LinearDriftLaw::LinearDriftLaw(const OrnsteinUhlenbeckTransition& transition,
                               const Moments& initial, int sign)
    : theta_{transition.theta},
      scale_{transition.diffusion / transition.theta},
      mean_{initial.mean[0] / std::sqrt(scale_)},
      second_{(initial.covariance[0][0] + initial.mean[0] * initial.mean[0]) / scale_},
      sign_{sign} {}

double LinearDriftLaw::mean(double time) const {
  return std::sqrt(scale_) * mean_ * std::exp(sign_ * theta_ * time);
}

double LinearDriftLaw::variance(double time) const {
  return scale_ * variance_with(theta_ * time, 0);
}

double LinearDriftLaw::variance_bias(double time, double width) const {
  return scale_ * variance_with(theta_ * time, width * width / scale_) - variance(time);
}

double LinearDriftLaw::variance_with(double t, double h2) const {
  const double mean = mean_ * std::exp((sign_ + h2 / 6) * t);
  const double centres = (second_ + h2 / 12 + sign_) * std::exp((2 * sign_ + h2 / 2) * t) - sign_;
  return centres + h2 / 12 - mean * mean;
}

}  // namespace feller
