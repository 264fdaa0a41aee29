#pragma once

/// The drift of a shadow itself within its edge, so that it alone is taken from the image's:
///
///     across each masked face    ln(v_L / v_K)  ~  S(phi_L) - S(phi_K)
///
/// phi is the way across the edge (edge_coordinate.hpp), S the logarithm of the light, one profile
/// an edge: piecewise linear on 16 equal intervals. Its rises are fitted by least squares with
/// Cauchy weights 1 / (1 + (r / 0.03)^2), r the residual (3 % from pixel to pixel), reweighted ten
/// times, and weights 2 v_K v_L / (v_K + v_L), since dark pixels have noisy logarithms. What is
/// left is the texture of the image, which the published model flattens together with the shadow.
///
/// A light that is constant beside the mask and varies with phi in it is found exactly, whatever
/// its profile; a profile that changes along the edge is replaced by one between. Ours; for the
/// zero drift that it replaces see Weickert et al. 2013.

#include "problems/osmosis/edge_coordinate.hpp"

namespace feller {

struct ShadowDrift {
  /// S(phi_L) - S(phi_K) of the coordinate's faces, one family after the other.
  std::vector<double> increments;
  /// S(1) - S(0) of each edge: the logarithm of the shadow's factor; 0 for one that separates
  /// nothing.
  std::vector<double> depth;
};

/// Of one channel v > 0. Collective.
ShadowDrift shadow_drift(const EdgeCoordinate& coordinate, const Field& v);

}  // namespace feller
