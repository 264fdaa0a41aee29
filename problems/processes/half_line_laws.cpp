#include "problems/processes/half_line_laws.hpp"

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <numbers>

#include "problems/processes/normal.hpp"

namespace feller {

double GammaLaw::log_density_at(double x) const {
  if (shape_ == 1) return -x / scale_ - std::log(scale_);
  return (shape_ - 1) * std::log(x / scale_) - x / scale_ - std::lgamma(shape_) - std::log(scale_);
}

double GammaLaw::below(double x) const {
  return x > 0 ? std::isinf(x) ? 1 : boost::math::gamma_p(shape_, x / scale_) : 0;
}

double GammaLaw::above(double x) const {
  return x > 0 ? std::isinf(x) ? 0 : boost::math::gamma_q(shape_, x / scale_) : 1;
}

std::optional<double> GammaLaw::entropy() const {
  return shape_ + std::log(scale_) + std::lgamma(shape_) +
         (1 - shape_) * boost::math::digamma(shape_);
}

double ScaledChiSquare::density_at(double x) const {
  return x > 0 ? pdf(law_, x / scale_) / scale_ : 0;
}

double ScaledChiSquare::below(double x) const {
  return x > 0 ? std::isinf(x) ? 1 : cdf(law_, x / scale_) : 0;
}

double ScaledChiSquare::above(double x) const {
  return x > 0 ? std::isinf(x) ? 0 : cdf(complement(law_, x / scale_)) : 1;
}

double ScaledChiSquare::mean() const {
  return scale_ * boost::math::mean(law_);
}

double ScaledChiSquare::variance() const {
  return scale_ * scale_ * boost::math::variance(law_);
}

double LogNormalLaw::log_density_at(double x) const {
  const double z = (std::log(x) - m_) / s_;
  if (std::isinf(z)) return -Region::infinity;
  return -z * z / 2 - std::log(2 * std::numbers::pi) / 2 - std::log(s_ * x);
}

double LogNormalLaw::below(double x) const {
  return x > 0 ? normal_tail((m_ - std::log(x)) / s_) : 0;
}

double LogNormalLaw::above(double x) const {
  return x > 0 ? normal_tail((std::log(x) - m_) / s_) : 1;
}

std::optional<double> LogNormalLaw::entropy() const {
  return m_ + (std::log(2 * std::numbers::pi) + 1) / 2 + std::log(s_);
}

}  // namespace feller
