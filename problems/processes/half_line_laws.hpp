#pragma once

/// Laws on the half line x > 0: gamma, noncentral chi-square and lognormal.

#include <boost/math/distributions/non_central_chi_squared.hpp>

#include "problems/processes/line_law.hpp"

namespace feller {

/// Density x^(shape-1) e^(-x/scale) / (Gamma(shape) scale^shape).
class GammaLaw : public LineLaw {
 public:
  GammaLaw(double shape, double scale) : shape_{shape}, scale_{scale} {}

  double density_at(double x) const override { return std::exp(log_density_at(x)); }
  double log_density_at(double x) const override;
  double below(double x) const override;
  double above(double x) const override;
  double mean() const override { return shape_ * scale_; }
  double variance() const override { return shape_ * scale_ * scale_; }
  double lower() const override { return 0; }
  std::optional<double> entropy() const override;

 private:
  double shape_;
  double scale_;
};

/// X = scale times a chi-square variable of `degrees` > 2 degrees of freedom and a noncentrality.
class ScaledChiSquare : public LineLaw {
 public:
  ScaledChiSquare(double scale, double degrees, double noncentrality)
      : scale_{scale}, law_{degrees, noncentrality} {}

  double density_at(double x) const override;
  double below(double x) const override;
  double above(double x) const override;
  double mean() const override;
  double variance() const override;
  double lower() const override { return 0; }

 private:
  double scale_;
  boost::math::non_central_chi_squared law_;
};

/// ln X ~ N(log_mean, log_sd^2).
class LogNormalLaw : public LineLaw {
 public:
  LogNormalLaw(double log_mean, double log_sd) : m_{log_mean}, s_{log_sd} {}

  double density_at(double x) const override { return std::exp(log_density_at(x)); }
  double log_density_at(double x) const override;
  double below(double x) const override;
  double above(double x) const override;
  double mean() const override { return std::exp(m_ + s_ * s_ / 2); }
  double variance() const override { return std::expm1(s_ * s_) * mean() * mean(); }
  double lower() const override { return 0; }
  std::optional<double> entropy() const override;

 private:
  double m_;
  double s_;
};

}  // namespace feller
