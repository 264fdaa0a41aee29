#pragma once

/// The value of a field between cell centres, by polynomials of degree 5 along each axis.

#include <functional>
#include <vector>

#include "discretisation/field.hpp"

namespace feller {

/// Cells and weights with which the value at a point is a sum.
class Interpolation {
 public:
  /// Lagrange's formula through 6 centres an axis about the point, moved aside or down to fewer
  /// (at least 1) where the grid ends or `usable` is 0: across a set's border nothing is smooth.
  /// The error is O(h^6) with all six. Collective; throws InputError for a point outside the box,
  /// or whose own cell is not usable.
  Interpolation(const Point& point, const Field& usable);

  /// Collective.
  double operator()(const Field& field) const;

 private:
  struct Node {
    Index cell;
    double weight;
  };
  std::vector<Node> nodes_;  ///< those that this rank owns
};

}  // namespace feller
