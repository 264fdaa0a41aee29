#pragma once

/// How alike two pictures are, on the scale of grey levels 0..255. u and v without offsets.
///
///     matching factor   c that minimises  sum over a set of (c u - v)^2
///     PSNR              10 lg (255^2 / mean of (u - v)^2)   [dB]; infinite for equal pictures
///     SSIM              mean of (2 m_u m_v + c_1)(2 s_uv + c_2) /
///                               ((m_u^2 + m_v^2 + c_1)(s_u^2 + s_v^2 + c_2))
///
/// Means m, variances s^2 and covariances s_uv of SSIM are local, by Gaussian smoothing with sigma
/// 1.5 (discretisation/smoothing.hpp), c_1 = (0.01 255)^2, c_2 = (0.03 255)^2. Reference: Wang,
/// Bovik, Sheikh & Simoncelli 2004. All are collective.

#include "discretisation/field.hpp"

namespace feller {

/// Over the pixels where `set` is 1; 1 where u vanishes there.
double matching_factor(const Field& u, const Field& v, const Field& set);

double psnr(const Field& u, const Field& v, const Field& set);

/// Smoothing reaches beyond the set, the mean does not.
double ssim(const Field& u, const Field& v, const Field& set);

}  // namespace feller
