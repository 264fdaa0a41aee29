#pragma once

/// Mixtures of products of spreads:
///
///     p(x) = sum_k w_k prod_a f_ka(x_a),   w_k > 0,   sum_k w_k = 1
///
/// Normal mixtures, blurred boxes and, with one component, normal and uniform laws. Everything is
/// in closed form but the entropies of more than one component.

#include <vector>

#include "problems/processes/law.hpp"
#include "problems/processes/normal.hpp"

namespace feller {

struct Component {
  double weight = 1;
  std::array<Spread, 3> along;  ///< those of unused axes do not matter
};

class Mixture : public Law {
 public:
  /// The weights are scaled to the sum 1.
  Mixture(int dimension, std::vector<Component> components);

  int dimension() const { return dimension_; }
  const std::vector<Component>& components() const { return components_; }

  double density(const Point& x) const override;
  double log_density(const Point& x) const override;
  /// Exact; a component with a jump counts with slope 0.
  double score(int axis, const Point& x) const override;
  Moments moments() const override;
  std::optional<double> entropy() const override;
  /// In one dimension.
  std::optional<double> fisher_information() const override;
  double probability(const Region& cell) const override;
  double mass_outside(const Region& box) const override;

  /// In one dimension: where to cut integrals over the density, no closer than its finest detail.
  std::vector<double> breaks() const;

  /// KL to N(0, variance I); none where the quadrature would cost too much.
  std::optional<double> relative_entropy(double variance) const;

 private:
  struct LogSlope {
    double log_p, slope;
  };
  /// ln p and d ln p / dx_axis in one pass.
  LogSlope log_slope(int axis, const Point& x) const;
  /// ln of each component's share of the density.
  std::vector<double> log_parts(const Point& x) const;
  /// -entropy - int p ln q for a normal q, the integral exact.
  std::optional<double> from_moments(const Spread& target) const;
  /// int term(ln p(x), ln q(x)) dx, where ln q = sum_a ln target(x_a).
  std::optional<double> integral_of(double (*term)(double, double), const Spread& target,
                                    bool cover_target) const;

  int dimension_;
  std::vector<Component> components_;
};

/// The law of scale X + noise, where X has the law of the mixture and noise is N(0, variance I).
Mixture blurred(const Mixture& mixture, double scale, double variance);

}  // namespace feller
