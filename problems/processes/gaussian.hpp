#pragma once

/// The normal law in the plane with any covariance.

#include <array>

#include "problems/processes/law.hpp"

namespace feller {

/// A symmetric 2x2 matrix [[xx, xy], [xy, yy]].
struct Symmetric {
  double xx = 1;
  double xy = 0;
  double yy = 1;

  double determinant() const { return xx * yy - xy * xy; }
  Symmetric inverse() const;
};

class PlaneGaussian : public Law {
 public:
  PlaneGaussian(std::array<double, 2> mean, const Symmetric& covariance);

  double density(const Point& x) const override { return std::exp(log_density(x)); }
  double log_density(const Point& x) const override;
  Moments moments() const override;
  std::optional<double> entropy() const override;
  double probability(const Region& cell) const override;
  /// The sum over the four sides, at most four times the probability of the worst of them.
  double mass_outside(const Region& box) const override;

  double relative_entropy(const PlaneGaussian& q) const;

 private:
  std::array<double, 2> mean_;
  Symmetric covariance_;
  Symmetric precision_;
};

}  // namespace feller
