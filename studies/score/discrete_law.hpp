#pragma once

/// A law of points m_k with probabilities P_k, and how well little noise tells them apart. With
/// r_j = P_j p(z|j) / (P_k p(z|k)), where k is the truth, ln(1 + sum_j r_j) <= sum_j sqrt(r_j), and
/// E sqrt(p(z|j)/p(z|k)) = exp(-d_kj^2/8t) (Bhattacharyya), so that
///
///     E[-ln P(y_k|z(t))] <= sum_(j != k) sqrt(P_j/P_k) exp(-d_kj^2/8t)
///     H(y|z(t))          <= sum_(j != k) sqrt(P_j P_k) exp(-d_kj^2/8t)
///
/// For y that is none of them, of the distances d_k, the integral of McAllester (10) from t on,
/// KL(N(y, t I) | p_t), has no limit for t -> 0. With m_0 the one of the least U_k = d_k^2/2t - ln
/// P_k,
///
///     U_0 - sum_j (P_j/P_0)^c/c exp((c^2 |m_j - m_0|^2 - c (d_j^2 - d_0^2))/2t)  <=  KL  <=  U_0
///
/// for any c in (0, 1], as ln(1 + r) <= r^c/c; here the c of the least exponent.

#include <optional>
#include <vector>

#include "problems/processes/mixture.hpp"
#include "solvers/cluster_score.hpp"

namespace feller {

class DiscreteLaw {
 public:
  explicit DiscreteLaw(Clusters points);

  const Clusters& points() const { return points_; }
  std::size_t size() const { return shares_.size(); }
  /// The first point at a place.
  std::optional<std::size_t> at(const std::vector<double>& y) const;
  /// Probability of the place of a point; two points may share one.
  double surprise(std::size_t k) const;  ///< its -ln
  double entropy() const;
  /// From any y to the nearest point.
  double distance(const std::vector<double>& y) const;
  /// Of KL(N(y, t I) | p_t), for any y.
  struct Between {
    double low, high;
  };
  Between outside(const std::vector<double>& y, double t) const;
  /// Bounds of what is left to guess, of one point and on the average.
  double left_bound(std::size_t k, double t) const;
  double left_bound(double t) const;

 private:
  double square(std::size_t j, std::size_t k) const { return squares_[j * size() + k]; }
  double square_to(const std::vector<double>& y, std::size_t k) const;

  Clusters points_;
  std::vector<double> shares_;
  std::vector<double> squares_;  ///< d_jk^2
};

/// The points of a mixture that has nothing else.
std::optional<Clusters> points_of(const Mixture& population);

}  // namespace feller
