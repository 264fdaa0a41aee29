#pragma once

/// A denoiser learned from samples (McAllester, (13) to (15)): the sum of features yhat(t, z) that
/// makes the mean of |yhat(t, z) - y|^2 over them least. The mean over all is
///
///     E|yhat - y|^2 = E|E[y|t,z] - y|^2 + E|yhat - E[y|t,z]|^2,
///
/// whose last term is the excess risk, here against the exact E[y|t,z]. As s_t = (E[y|t,z] - z)/t,
/// that of the score (yhat - z)/t, its Fisher divergence E|shat - s|^2, is 1/t^2 of it.

#include <functional>

#include "solvers/least_squares.hpp"
#include "studies/score/features.hpp"
#include "studies/score/noise_level.hpp"
#include "studies/score/noisy_samples.hpp"

namespace feller {

/// What the features are to be like.
using Target = std::function<Point(const NoisySample&)>;
Point data_of(const NoisySample& sample);        ///< y: a denoiser
Point score_data_of(const NoisySample& sample);  ///< (y - z)/t = -eps/sqrt(t): a score

class LearnedDenoiser {
 public:
  /// From these samples of all ranks. Collective; throws SolverError.
  LearnedDenoiser(Features features, const std::vector<NoisySample>& samples, MPI_Comm comm,
                  const Target& target = data_of);

  const Features& features() const { return features_; }
  Point operator()(double t, const Point& z) const;
  /// The same for one t, many z.
  std::function<Point(const Point& z)> at(double t) const;
  const std::vector<double>& coefficients(int axis) const {
    return fits_[static_cast<std::size_t>(axis)].coefficients;
  }
  int iterations() const;        ///< of the axis that took most
  double orthogonality() const;  ///< |A^T r| / (|A|_F |r|), the largest over the axes
  double residual() const;       ///< root of the mean of |yhat - y|^2 over the samples

 private:
  Features features_;
  std::vector<LeastSquares::Fit> fits_;  ///< one an axis
};

/// sigma_max/sigma_min of the matrix of features, one row a sample. Collective.
double sampled_condition(const Features& features, const std::vector<NoisySample>& samples,
                         MPI_Comm comm);

/// E|yhat - E[y|t,z]|^2 by quadrature, and what it has to be told from samples.
struct Excess {
  double value = 0;
  /// E g^2, g = |yhat - y|^2 - |E[y|t,z] - y|^2 of one sample, whose mean is the excess risk: with
  /// d = yhat - E[y|t,z] it is E[d^4 + 4 d^2 Var(y|t,z)]; in more than one dimension a bound.
  /// Unlike the spread of samples it knows of places that hardly a sample comes to.
  double square = 0;

  /// Of the mean of g over so many samples.
  double standard_error(std::int64_t samples) const;
};
Excess excess_risk(const LearnedDenoiser& learned, const NoiseLevel& level);
/// The same as the difference of the risks of both on samples that it was not learned from: the
/// mean of g. Collective.
double sampled_excess(const LearnedDenoiser& learned, const Mixture& population,
                      const std::vector<NoisySample>& samples, MPI_Comm comm);
/// E|y - E[y|t,z]|^2 by quadrature.
double mmse(const NoiseLevel& level);

}  // namespace feller
