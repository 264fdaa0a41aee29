#pragma once

/// The exact score of a population of clusters in n dimensions under growing noise,
///
///     z(t) = y + sqrt(t) eps,   y ~ sum_k w_k N(m_k, v_k I),   v_k = 0: a point (an image, say)
///     s_t(z) = grad ln p_t(z) = sum_k r_k (m_k - z)/(v_k + t),   r_k(z) = P(cluster k | z(t) = z)
///
/// For points of equal noise it is Tweedie's (E[y|t,z] - z)/t, E[y|t,z] the softmax-weighted mean
/// (McAllester, (18) to (21)). The largest ln r_k is taken off before exponentials, and distances
/// are summed as squares, so that it is right at any distance and for every t whose inverse is a
/// number.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace feller {

struct Clusters {
  std::size_t dimension = 1;
  std::vector<double> weights;    ///< w_k > 0, of any sum
  std::vector<double> means;      ///< m_k, one after the other
  std::vector<double> variances;  ///< v_k >= 0

  std::size_t size() const { return weights.size(); }
  /// The weights scaled to the sum 1.
  std::vector<double> shares() const;
  /// E y_a, and the mean of E |y - E y|^2 over the n axes.
  std::vector<double> mean() const;
  double variance() const;
};

/// What the loops over particles need of the clusters at one t. Logarithms are natural.
struct ScoreTask {
  std::size_t dimension;
  std::size_t clusters;
  std::size_t particles;
  std::size_t stride;  ///< from one component to the next in z and score, >= particles
  const double* means;
  const double* log_weights;  ///< ln w_k - n/2 ln(v_k + t)
  const double* precisions;   ///< 1/(v_k + t)
  const double* z;            ///< component a of particle p at [a * stride + p]
  double* score;
  double* scratch;  ///< 32 (clusters + 2 dimension), fastest at the start of a cache line
};

/// The same loops for one set of instructions; all of them give the same bits.
struct ScoreKernel {
  std::string_view instructions;
  void (*evaluate)(const ScoreTask& task);
};

/// Those that this machine can run, the fastest first, which is what ClusterScore takes.
std::span<const ScoreKernel> score_kernels();

class ClusterScore {
 public:
  /// Throws std::invalid_argument for lists whose lengths do not match, and without any cluster.
  explicit ClusterScore(Clusters clusters);

  const Clusters& clusters() const { return clusters_; }
  /// s_t of as many particles as z and score hold, axis by axis: component a of particle p stands
  /// at [a * particles + p]. Needs v_k + t > 0. Uses scratch of the object: one call at a time.
  void operator()(double t, std::span<const double> z, std::span<double> score);

 private:
  Clusters clusters_;
  std::vector<double> log_weights_;
  std::vector<double> precisions_;
  std::vector<double> scratch_;
};

}  // namespace feller
