#pragma once

/// A population on the line under noise of growing variance (McAllester, (1)):
///
///     z(t) = y + sqrt(t) G,   G ~ N(0, 1),   p_t the density of z(t),   s_t = d ln p_t / dz
///     E[y|t,z] = z + t s_t(z)                              (Tweedie; McAllester, (21))
///     (y - E[y|t,z(t)]) / sqrt(t) = -(G + sqrt(t) s_t(z(t)))
///     mmse(t) = E|y - E[y|t,z(t)]|^2 = t - t^2 J(p_t)       (J is Fisher's information)
///
/// In scaling variables z/sqrt(1+t) this is dX = -X dt + sqrt(2) dW at the time ln(1+t)/2, which is
/// how a grid has it.

#include <optional>

#include "problems/processes/mixture.hpp"
#include "studies/experiment.hpp"
#include "studies/score/discrete_law.hpp"

namespace feller {

class Noised {
 public:
  /// A mixture in one dimension; of points, too.
  explicit Noised(Mixture population);

  const Mixture& population() const { return population_; }
  /// The law of z(t), t > 0.
  Mixture law(double t) const;
  /// The law of z(t)/sqrt(1+t).
  Mixture scaled_law(double t) const;

  double mean() const { return mean_; }
  double variance() const { return variance_; }
  double fourth_moment() const;  ///< E|y - E y|^4

  /// mmse(t)/t, to about 1e-13; at most 1.
  double relative_mmse(double t) const;
  /// That of N(0, variance): the largest there is with this variance.
  double relative_gauss_mmse(double t) const { return variance_ / (variance_ + t); }

  /// Mean, variance and third central moment of y given z(t) = z, without differences.
  struct Posterior {
    double mean = 0, variance = 0, third = 0;
  };
  Posterior posterior(double t, double z) const;

  /// A discrete law has probabilities instead of a density.
  bool discrete() const;
  /// -ln p(y), of a discrete law -ln P(y); infinite where there is nothing.
  double surprise(double y) const;
  /// Throws std::bad_optional_access for others.
  DiscreteLaw discrete_law() const;

 private:
  Mixture population_;
  double mean_;
  double variance_;
};

/// A normal population, for which all is known in closed form.
Noised noised_normal(double mean, double variance);

/// The population of the experiment's problem. Throws InputError unless the problem is the process
/// of the scaling variables, in one dimension, on a box as the chain needs it.
Noised require_noised(const Experiment& experiment);

/// The noise t of the time 0 of the problem: 0 but where it starts aged.
double first_noise(const Experiment& experiment);

}  // namespace feller
