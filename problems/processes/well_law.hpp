#pragma once

/// The law with the density exp(-steepness (x^2 - 1)^2) / Z: two wells, at -1 and 1.

#include "problems/processes/line_law.hpp"

namespace feller {

class WellLaw : public LineLaw {
 public:
  explicit WellLaw(double steepness);

  double density_at(double x) const override { return std::exp(log_density_at(x)); }
  double log_density_at(double x) const override { return -energy(x) - log_z_; }
  double below(double x) const override { return above(-x); }
  double above(double x) const override;
  double mean() const override { return 0; }
  double variance() const override { return variance_; }
  double log_z() const { return log_z_; }

 private:
  double energy(double x) const { return steepness_ * (x * x - 1) * (x * x - 1); }
  /// int_a^inf f exp(energy(base) - energy), for a >= 0.
  double integral_from(double a, double base, double (*f)(double)) const;

  double steepness_;
  double log_z_;
  double variance_;
};

}  // namespace feller
