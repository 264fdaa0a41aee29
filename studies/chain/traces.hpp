#pragma once

/// What an image u has kept of the image f it came from, all channels together.
///
///     correlation          rho of u and f, each channel about its own mean
///     mutual information   -1/2 ln(1 - rho^2) a pixel, as if u and f were jointly Gaussian
///     total variation      sum of |u_L - u_K| over all faces K|L
///     contrast-to-noise    across the strong edges of f, the faces with the largest |f_L - f_K|:
///
///         c = sum s (u_L - u_K) / sum |f_L - f_K|,   s = sign(f_L - f_K)     contrast that is left
///         r = mean of (u_L - u_K - b (f_L - f_K))^2, b by least squares     what is not of f
///         contrast-to-noise = c / sqrt(r / 2)
///
/// For u = c f + sigma g with white noise g that is c / sigma, for the chain sqrt(a/(1 - a)): per
/// unit of contrast in f.

#include <vector>

#include "discretisation/field.hpp"

namespace feller {

struct Traces {
  double mean = 0;  ///< of all channels
  double correlation = 0;
  double contrast = 0;  ///< c
  double contrast_to_noise = 0;
  double total_variation = 0;

  double information() const;
};

class TraceFinder {
 public:
  /// `share` of all faces count as strong edges, and all that tie with the last of them; fewer
  /// where no more differ at all. Collective, as all below.
  TraceFinder(std::vector<Field> f, double share);

  Traces operator()(const std::vector<Field>& u) const;

  double values() const { return values_; }  ///< pixels times channels
  double faces() const { return faces_; }
  double strong_faces() const { return strong_; }
  /// Mean square of f, and its variance about the channels' means.
  double mean() const { return mean_; }
  double variance() const { return variance_; }
  /// Standard error of the contrast-to-noise of c f + sigma g, the noise of faces that share a
  /// pixel being correlated: by the sums over faces written as sums over pixels.
  double contrast_error(double contrast_to_noise) const;

 private:
  std::vector<Field> f_;
  double share_;
  double threshold_ = 0;
  double values_ = 0, faces_ = 0, mean_ = 0, variance_ = 0;
  double strong_ = 0, strong_sum_ = 0, pixel_squares_ = 0;
};

}  // namespace feller
