#pragma once

/// The osmosis equation on images, with the canonical drift of a guidance image v > 0:
///
///     du/dt = div( grad u - d u ) = div( v grad(u / v) ),   d = grad ln v,   no flux at the border
///
/// It keeps the mean of u and tends to  w = (mean f / mean v) v.  Across the face of two pixels at
/// distance h the standard discretisation, with d = 2 (v_L - v_K) / (h (v_L + v_K)), is
///
///     forth = 2 v_L / (h^2 (v_K + v_L)),     back = 2 v_K / (h^2 (v_K + v_L)),
///
/// which is in detailed balance with v for every h. References: Weickert, Hagenburg, Breuss & Vogel
/// 2013; Vogel, Hagenburg, Weickert & Setzer 2013.

#include "problems/problem.hpp"

namespace feller {

/// Rates of the canonical drift. `central` gives the formula above; `scharfetter_gummel` and `sqra`
/// take the increment ln(v_L / v_K) and are balanced too; `upwind` is not. Values of v that are not
/// positive give rates that are not positive (or not finite). Collective.
JumpRates osmosis_rates(const Field& guidance, const FluxWeight& flux);

std::unique_ptr<ProblemKind> osmosis();

}  // namespace feller
