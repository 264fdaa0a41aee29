#pragma once

/// Where a mask's faces lie on the way across the edge that it covers: phi, from 0 on the darker
/// side to 1 on the brighter one.
///
/// An edge is a connected part of the mask (8 neighbours), its rim the pixels beside it, and the
/// sides are told apart by the parts of the picture that the mask separates: of those that an edge
/// touches, the brighter half (by the mean of ln v on the rim) has phi = 1, the others 0. Within
/// the mask phi is nearly harmonic: the distance to the darker side over the sum of both, along
/// steps to the 8 neighbours, smoothed by 50 passes of Jacobi's method. An edge that has one part
/// on both sides (a line that ends within a part) separates nothing and has no coordinate.

#include <vector>

#include "discretisation/field.hpp"

namespace feller {

class EdgeCoordinate {
 public:
  /// A face that touches the mask, of an edge that separates.
  struct Face {
    std::size_t cell;  ///< of its first pixel K among the owned ones
    std::size_t edge;
    double from, to;  ///< phi of K and of L
  };

  /// Brightness is that of all channels together. Collective.
  EdgeCoordinate(const Field& mask, const std::vector<Field>& channels);

  const Grid& grid() const { return grid_; }
  std::size_t edges() const { return edges_; }
  /// Those that this rank owns of a family: 0 to the right, 1 downwards.
  const std::vector<Face>& faces(std::size_t family) const { return faces_[family]; }

 private:
  Grid grid_;
  std::size_t edges_ = 0;
  std::array<std::vector<Face>, 2> faces_;
};

}  // namespace feller
