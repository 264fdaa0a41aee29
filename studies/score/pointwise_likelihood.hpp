#pragma once

/// The likelihood of one y by mean squared errors (McAllester, (10); also Kong et al., ICLR 2023):
///
///     -ln p(y) = int_t^inf E|y - E[y|s,z(s)]|^2/(2 s^2) ds + E[-ln p(y|z(t))],   z(s) = y +
///     sqrt(s) G
///
/// for every t > 0; of a discrete law with probabilities. The integral is KL(p(z(t)|y) | p(z(t))).

#include <span>
#include <vector>

#include "studies/score/grid_information.hpp"
#include "studies/score/noised.hpp"

namespace feller {

class PointwiseLikelihood {
 public:
  PointwiseLikelihood(const Noised& noised, double y) : noised_{noised}, y_{y} {}

  double y() const { return y_; }
  /// -ln p(y).
  double left() const { return noised_.surprise(y_); }
  /// E|y - E[y|s,z(s)]|^2/(2 s): the integrand over ln s.
  double rate(double s) const;
  /// The same at z(s) = y, without the expectation.
  double rate_without_noise(double s) const;
  /// From where on integrals over the noise are taken in snr.
  double far() const;
  /// The integral at ascending t, by quadrature; to about 1e-11.
  std::vector<double> integrals(std::span<const double> times) const;
  std::vector<double> integrals_without_noise(std::span<const double> times) const;
  /// E[-ln p(y|z(t))].
  double posterior(double t) const;
  /// The part of the integral between two levels, by the midpoint rule: exact laws.
  double part(const LogNodes& nodes) const;

 private:
  const Noised& noised_;
  double y_;
};

/// The same parts for several y with the score from the density on the grid, by central differences
/// of ln p, to order h^2. Collective.
std::vector<double> grid_likelihood(const Problem& problem, double first_noise,
                                    const LogNodes& nodes, std::span<const double> values);

}  // namespace feller
