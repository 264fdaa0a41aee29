#pragma once

/// The equations of the density of z(t) = y + sqrt(t) eps, by differences of order 4 of the exact
/// density, with s = d ln p/dz exactly:
///
///     dp/dt = p''/2               (18)
///     dp/dt = (s p)'/2            (19), the transport by -s/2
///     -dp/dt = -(s p)' + p''/2    what the density of (8) obeys in reversed time
///     -dp/dt = -(s p)' - p'/2     the same as printed after (22)
///
/// (McAllester; the density is that on a line.)

#include "io/check.hpp"
#include "problems/processes/process.hpp"

namespace feller {

/// Largest residuals over places within the data, over the largest |dp/dt|.
struct FlowResiduals {
  double diffusion = 0, transport = 0, reversed = 0, printed = 0;
  /// What differences with twice the spacing change: 15 times their error.
  double uncertain = 0;
};

FlowResiduals flow_residuals(const Process& process, double t);

/// The last one is a control.
Checks residual_checks(const Process& process, double t);

}  // namespace feller
