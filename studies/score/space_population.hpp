#pragma once

/// A population in R^n under noise, z(t) = y + sqrt(t) G, as Monte Carlo needs it: draws of y, the
/// exact score s_t = grad ln p_t, and along each of its axes the mean m_a and the variance v_a,
/// for which a normal law keeps
///
///     1/2 sum_a ln(1 + v_a/t),    the most of all laws with these variances.
///
/// Blocks of points stand axis by axis: component a of point p at [a * count + p]. Draws depend on
/// key and number alone. One call at a time: scores use scratch of the object.

#include <cstdint>
#include <span>
#include <vector>

#include "discretisation/noise.hpp"
#include "problems/processes/mixture.hpp"
#include "solvers/cluster_score.hpp"

namespace feller {

class SpacePopulation {
 public:
  virtual ~SpacePopulation() = default;

  virtual std::size_t dimension() const = 0;
  /// y number first, first + 1, ...; `first` must be a multiple of the same number at every call.
  virtual void draw(const NoiseKey& key, std::uint64_t first, std::span<double> y) const = 0;
  /// s_t at these points, t > 0.
  virtual void score(double t, std::span<const double> z, std::span<double> s) = 0;
  /// ln p_t(z) - ln N(z; y, t I) at one point, without the cancellation of large parts.
  virtual double log_ratio(double t, std::span<const double> y,
                           std::span<const double> z) const = 0;

  const std::vector<double>& mean() const { return mean_; }
  const std::vector<double>& variances() const { return variances_; }
  double total_variance() const;
  /// 1/2 sum_a ln(1 + v_a/t).
  double normal_information(double t) const;
  /// E|y - E y|^4.
  virtual double fourth_moment() const = 0;

 protected:
  std::vector<double> mean_, variances_;
};

/// A mixture of products in 1-D to 3-D: clusters of any width along each axis, boxes, points.
class NoisyMixture : public SpacePopulation {
 public:
  explicit NoisyMixture(Mixture population);

  const Mixture& population() const { return population_; }
  /// The law of z(t).
  Mixture law(double t) const;

  std::size_t dimension() const override { return mean_.size(); }
  void draw(const NoiseKey& key, std::uint64_t first, std::span<double> y) const override;
  void score(double t, std::span<const double> z, std::span<double> s) override;
  double log_ratio(double t, std::span<const double> y, std::span<const double> z) const override;
  double fourth_moment() const override;

 private:
  Mixture population_;
};

/// Points in any number of dimensions. The axes should be the principal ones of the points
/// (principal_axes.hpp), so that v_a say all of their covariance.
class NoisyPoints : public SpacePopulation {
 public:
  /// Clusters without width. Throws std::invalid_argument for others.
  explicit NoisyPoints(Clusters points);

  const Clusters& points() const { return score_.clusters(); }

  std::size_t dimension() const override { return mean_.size(); }
  void draw(const NoiseKey& key, std::uint64_t first, std::span<double> y) const override;
  void score(double t, std::span<const double> z, std::span<double> s) override;
  double log_ratio(double t, std::span<const double> y, std::span<const double> z) const override;
  double fourth_moment() const override;

 private:
  ClusterScore score_;
  std::vector<double> shares_;
};

/// What a number is drawn for, as a step of the key.
enum class Draw : std::uint32_t { component, within, spread, level, noise };
NoiseKey with(NoiseKey key, Draw purpose);

}  // namespace feller
