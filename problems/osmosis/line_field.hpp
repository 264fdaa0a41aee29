#pragma once

/// The direction of lines in a picture, from its structure tensor
///
///     J = G_rho * sum over channels of  (grad G_sigma * u) (grad G_sigma * u)^T
///
/// whose eigenvector with the smaller eigenvalue lies along the lines. Pixels that are not `usable`
/// (on a shadow's edge, whose own gradient says nothing of the picture) count nowhere, and take the
/// direction of what is usable nearby: the smoothing is normalised by the usable weight. Reference:
/// Weickert 1998; completion across a mask as in Parisotto et al. 2019, by smoothing in place of
/// tensor voting.

#include "discretisation/field.hpp"
#include "discretisation/selling.hpp"

namespace feller {

/// Unit vectors along the lines; (0, 0) where there is no gradient at all.
struct LineField {
  Field x, y;
};

/// `sigma` of the gradient, `rho` of the integration [pixel]. Collective.
LineField line_field(const std::vector<Field>& channels, const Field& usable, double sigma,
                     double rho);

/// The same direction everywhere, in degrees from x towards y.
LineField straight_lines(const Grid& grid, double angle);

/// W = b1^2 e e^T + b2^2 (I - e e^T), e a unit vector; b1 b2 I without one.
Tensor diffusion_along(double x, double y, double b1, double b2);

}  // namespace feller
