#pragma once

/// One level t of the noise in z(t) = y + sqrt(t) eps, in n dimensions: what y is, given z, and
/// means over z. With the shares r_k(z) of the population's components k,
///
///     E[y_a|t,z] = sum_k r_k E_k[y_a|z],    Var(y_a|t,z) = sum_k r_k (Var_k + (E_k - E)^2)
///
/// from the components' own posteriors, without a score: E_k = (v z + t m)/(v + t) and
/// Var_k = v t/(v + t) of a normal one. The score of p_t is another way, s = (E - z)/t.

#include <vector>

#include "problems/processes/mixture.hpp"

namespace feller {

struct Posterior {
  Point mean{};
  Point variance{};
};

/// A place with the share of the law that it stands for.
struct Node {
  Point z{};
  double weight = 0;
};

class NoiseLevel {
 public:
  /// t > 0.
  NoiseLevel(const Mixture& population, double t);

  double t() const { return t_; }
  int dimension() const { return law_.dimension(); }
  /// The law of z(t).
  const Mixture& law() const { return law_; }
  Posterior posterior(const Point& z) const;

  /// E f(z(t)) = sum of weight f(z): the trapezoidal rule for every component, 9 standard
  /// deviations wide, with 8, 4 or 2 nodes a standard deviation in 1, 2 or 3 dimensions: exact to
  /// 1e-15 for quadratic f, 1e-11 for those of degree 10, and to exp(-2 pi d/step) for f with poles
  /// at the distance d of the real axis.
  std::vector<Node> nodes() const;
  /// Those of one component, with weights of the sum 1.
  std::vector<Node> nodes_of(std::size_t component) const;

 private:
  Mixture population_;
  Mixture law_;
  double t_;
};

}  // namespace feller
