#pragma once

/// McAllester (4) for y ~ N(0, v) and z_i = z(i dt), z(t) = y + sqrt(t) G, where every term is in
/// closed form:
///
///     p(z_{i-1}|z_i,y) = N(z_i + (y - z_i)/i, dt (i-1)/i)
///     p(z_{i-1}|z_i)   = N(A z_i/(A+dt), A dt/(A+dt)),     A = v + (i-1) dt

namespace feller {

/// The right side for y with N steps.
double normal_chain_likelihood(double variance, double y, double dt, int steps);
/// -ln p(y).
double normal_surprise(double variance, double y);

}  // namespace feller
