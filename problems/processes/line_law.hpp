#pragma once

/// Laws on an interval of the line that are known by density and both tails.

#include <vector>

#include "problems/processes/law.hpp"

namespace feller {

class LineLaw : public Law {
 public:
  virtual double density_at(double x) const = 0;
  virtual double log_density_at(double x) const { return std::log(density_at(x)); }
  virtual double below(double x) const = 0;  ///< P(X < x), accurate in the lower tail
  virtual double above(double x) const = 0;  ///< P(X > x), accurate in the upper tail
  virtual double mean() const = 0;
  virtual double variance() const = 0;
  virtual double lower() const { return -Region::infinity; }  ///< end of the interval
  virtual double upper() const { return Region::infinity; }

  double between(double a, double b) const;
  /// Where to cut integrals over the density; what is beyond is below 1e-20.
  std::vector<double> breaks() const;

  double density(const Point& x) const override;
  double log_density(const Point& x) const override;
  Moments moments() const override;
  std::optional<double> entropy() const override;
  double probability(const Region& cell) const override;
  double mass_outside(const Region& box) const override;
};

/// KL(p|q) by quadrature.
double relative_entropy(const LineLaw& p, const LineLaw& q);

}  // namespace feller
