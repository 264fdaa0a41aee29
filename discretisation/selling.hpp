#pragma once

/// Selling's decomposition of a symmetric positive semi-definite matrix along integer offsets:
///
///     D = sum over e of rho_e e e^T,    rho_e >= 0,    3 offsets in 2-D, 6 in 3-D at most,
///
/// from an obtuse superbase: b_0 + ... + b_d = 0 and b_i . D b_j <= 0 for i != j; then rho is
/// -b_i . D b_j and e is dual to the other vectors. A diffusion div(D grad u) in these offsets has
/// no negative rate, however anisotropic D is. References: Selling 1874; Conway & Sloane 1992;
/// Fehrenbach & Mirebeau 2014 (AD-LBR).

#include <array>
#include <optional>
#include <vector>

#include "discretisation/grid.hpp"

namespace feller {

/// Rows of a symmetric matrix; unused rows and columns are 0.
using Tensor = std::array<std::array<double, 3>, 3>;

struct OffsetWeight {
  Index offset;  ///< the last entry that is not 0 is positive
  double weight;
};

/// Offsets with weights > 0. Nothing if an offset would be longer than `longest` along an axis:
/// nearly singular matrices whose null direction is no grid direction.
std::optional<std::vector<OffsetWeight>> selling(const Tensor& matrix, int dimension, int longest);

/// Eigenvalues in ascending order, with orthonormal eigenvectors as rows.
struct Eigen {
  std::array<double, 3> values{};
  Tensor vectors{};
};
Eigen eigen(const Tensor& matrix, int dimension);

}  // namespace feller
