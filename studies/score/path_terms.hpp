#pragma once

/// The terms of -ln p(y) for the chain z(dt), z(2 dt), ..., z(T) (McAllester, (4)):
///
///     first(T)      KL(p(z(T)|y) | p(z(T)))                         ~ |y - E y|^2 / (2 T), late T
///     step(t, dt)   E_{z(t)|y} KL(p(z(t-dt)|z(t), y) | p(z(t-dt)|z(t)))
///                   = first(t - dt) - first(t)                         (chain rule)
///                   ~ dt E|y - E[y|t,z(t)]|^2 / (2 t^2)                (9), as dt -> 0
///     last(dt)      E_{z(dt)|y}[-ln p(y|z(dt))]                      ~ ln(2 pi e dt)/2
///
/// for a population on the line with a density.

#include "studies/score/pointwise_likelihood.hpp"

namespace feller {

class PathTerms {
 public:
  /// Refers to the population.
  PathTerms(const Noised& noised, double y) : noised_{noised}, likelihood_{noised, y} {}

  double first(double t) const;
  /// By two quadratures, one within the other, 0 < dt < t.
  double step(double t, double dt) const;
  /// (9) over dt.
  double rate(double t) const { return likelihood_.rate(t) / t; }
  double last(double dt) const { return likelihood_.posterior(dt); }
  /// last - ln(2 pi e dt)/2.
  double last_excess(double dt) const;
  /// The steps of length dt from t = `from` up to t = `to`, each by (9).
  double steps_by_rate(double from, double to, int steps) const;

 private:
  const Noised& noised_;
  PointwiseLikelihood likelihood_;
};

}  // namespace feller
