#pragma once

/// Diffusion that depends on how steep a state is, its coefficients taken from the state before
/// (lagged diffusivity):
///
///     du/dt = div( g(z) (grad u - d u) ),    z = |grad u - d u|,    g(z) = 1 / (z^p + epsilon)
///
/// Across a face the component of grad u - d u is  back u_L - forth u_K  (cells of unit size, rates
/// of the linear equation). z^2 in a cell is the sum over the axes of the mean square over its two
/// faces, none at a border; on a face the mean of both cells. Both rates of a face are scaled by
/// the same g: detailed balance, mass and positivity of implicit steps stay. p = 0 is the linear
/// equation with time divided by 1 + epsilon.

#include "discretisation/jump_rates.hpp"

namespace feller {

struct Diffusivity {
  double power = 2;             ///< p >= 0
  double epsilon = 0.01;        ///< > 0, bounds g by 1 / epsilon
  bool couple_channels = true;  ///< z^2 is summed over the channels

  /// g for the square of z.
  double operator()(double z_squared) const;
};

/// z^2 in each cell, of the state u. Collective.
Field squared_steepness(const JumpRates& linear, const Field& u);

/// The linear rates times g. Collective.
JumpRates lagged(JumpRates linear, const Field& squared_steepness, const Diffusivity& diffusivity);

}  // namespace feller
