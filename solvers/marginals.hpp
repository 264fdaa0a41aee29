#pragma once

/// A density seen along one axis: its masses layer by layer, its cumulants, its differences.

#include <vector>

#include "discretisation/field.hpp"

namespace feller {

/// The mass in each layer of cells across an axis, on every rank. Collective.
std::vector<double> marginal_masses(const Field& density, int axis);

/// Mean, variance, third and fourth cumulant of the cells' centres, each with the mass of its cell,
/// scaled to mass 1. For a smooth density they are those of X + h V, V uniform on (-1/2, 1/2), so
/// that (Sheppard)  variance = Var X + h^2/12,  fourth = kappa_4(X) - h^4/120.
struct Cumulants {
  double mean = 0;
  double variance = 0;
  double third = 0;
  double fourth = 0;
};
/// Collective.
Cumulants cumulants(const Field& density, int axis);

/// ln of the normal density at the centres that has a density's mean and variance along each axis,
/// scaled to mass 1 in the box: for h < sigma that of the law N(mean, variance - h^2/12), in cell
/// means to O(h^4). Collective.
Field log_normal_like(const Field& density);

/// p_{K+1} - 2 p_K + p_{K-1} along an axis; a border repeats its cell. Collective.
Field second_difference(const Field& p, int axis);

/// sum_a sum_K |K| |the difference of order 2 `times` along axis a|. Collective.
double roughness(const Field& p, int times);

}  // namespace feller
