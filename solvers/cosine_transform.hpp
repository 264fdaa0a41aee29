#pragma once

/// The orthonormal discrete cosine transform (DCT-II) along every axis of a grid:
///
///     (C u)_k = s_k sum_{i<n} cos(pi k (2i + 1) / (2n)) u_i,   s_0 = sqrt(1/n), s_k = sqrt(2/n)
///
/// C is orthogonal, so white Gaussian noise stays white Gaussian noise. Applied as a matrix, axis
/// by axis, with whole lines on a rank: O(n) operations a cell, the same bits on any number of
/// ranks.

#include <vector>

#include "discretisation/relabelling.hpp"

namespace feller {

class CosineTransform {
 public:
  /// Collective.
  explicit CosineTransform(const Grid& grid);

  /// Collective.
  Field operator()(Field field) const;

 private:
  struct Lines {
    std::vector<double> columns;  ///< of the n x n matrix
    int length = 0;
    Relabelling order;  ///< this rank's lines, one after the other
  };

  std::vector<Lines> axes_;
};

}  // namespace feller
