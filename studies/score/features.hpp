#pragma once

/// Functions of noisy data of which a learned denoiser is a sum (McAllester, (14)):
///
///     yhat_a(t, z) = sum_kj c_akj phi_k(x) P_j(tau),    x = (z - E y)/sqrt(v + t),   v = Var y
///
/// phi_k products over the axes of functions of one variable, P_j Legendre's polynomials of
/// tau = -1 ... 1, uniform in ln t, for fits over all levels; for one level j = 0 alone. The
/// components of x have the mean 0 and the variance 1 at every t. The raw ones, for comparison, are
/// x = (z - E y)/sqrt(v).
///
/// | kind      | of one variable, k = 0, ..., count - 1                    | in n dimensions |
/// |-----------|-----------------------------------------------------------|-----------------|
/// | monomials | x^k                                                       | degree < count  |
/// | hermite   | He_k(x)/sqrt(k!), orthonormal under N(0, 1)               | degree < count  |
/// | radial    | exp(-(x - x_k)^2/(2 h^2)), centres x_k at distances h     | all products    |
/// | splines   | cubic B-splines on knots of equal distance                | all products    |
///
/// Centres and knots are within `reach` of 0; beyond it both are constant.

#include <array>
#include <span>
#include <string>
#include <vector>

#include "problems/processes/mixture.hpp"

namespace feller {

enum class FeatureKind { monomials, hermite, radial, splines };
/// By its name in a study file; throws std::invalid_argument.
FeatureKind feature_kind(const std::string& name);
/// Whether the span for `count` is within that for more of them.
bool is_polynomial(FeatureKind kind);

struct FeaturePlan {
  FeatureKind kind = FeatureKind::hermite;
  int count = 8;     ///< along an axis; splines: 4 at least
  double reach = 3;  ///< of centres and knots, in standard deviations
  int in_time = 1;   ///< functions of ln t
  double first = 1;  ///< levels t from ...
  double last = 1;   ///< ... to, for in_time > 1
  bool scaled = true;
};

/// v: that of an axis, on average.
double mean_variance(const Mixture& population);

/// How many there are.
int feature_count(const FeaturePlan& plan, int dimension);

class Features {
 public:
  /// Moments are those of the population.
  Features(const Mixture& population, const FeaturePlan& plan);

  int dimension() const { return dimension_; }
  int size() const { return static_cast<int>(products_.size()) * plan_.in_time; }
  const FeaturePlan& plan() const { return plan_; }
  /// x.
  Point argument(double t, const Point& z) const;
  /// z.
  Point place(double t, const Point& x) const;
  /// phi_k alone.
  Features of_one_level() const;
  /// P_j at t.
  std::vector<double> in_time(double t) const;
  /// All of them at a place, phi_k P_j at [k * in_time + j].
  void operator()(double t, const Point& z, std::span<double> values) const;

 private:
  int dimension_;
  FeaturePlan plan_;
  Point mean_;
  double variance_;                           ///< of an axis, on average
  std::vector<std::array<int, 3>> products_;  ///< k along every axis
};

}  // namespace feller
