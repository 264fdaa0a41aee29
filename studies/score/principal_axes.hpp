#pragma once

/// Points of many dimensions in the axes of their span.
///
/// Of K pictures with n >> K pixels, noise beyond the at most K - 1 dimensions that the pictures
/// span says nothing of which it was: E[y|t,z], mmse and information are those of the points
///
///     c_k = U^T (m_k - m),   U orthonormal, from the covariance sum_k w_k (m_k - m)(m_k - m)^T
///
/// with as many numbers of noise as there are axes. The axes descend by the variance lambda_a along
/// them, so that a normal law with these variances has the covariance of the points.

#include <vector>

#include "solvers/cluster_score.hpp"

namespace feller {

struct PrincipalPoints {
  Clusters points;                          ///< the same points, their mean at 0
  std::vector<std::vector<double>> others;  ///< further ones, in the same axes
};

/// The points, and others beside them, which may need an axis of their own: along it the points
/// have no variance. Distances are kept to round-off. Widths of clusters are kept.
PrincipalPoints in_principal_axes(const Clusters& points,
                                  const std::vector<std::vector<double>>& others = {});

/// Eigenvalues, in descending order, and eigenvectors (one after the other) of a symmetric matrix
/// of size x size numbers, by Jacobi's rotations; to round-off of the largest.
struct Eigensystem {
  std::vector<double> values;
  std::vector<double> vectors;
};
Eigensystem symmetric_eigensystem(std::vector<double> matrix, std::size_t size);

}  // namespace feller
