#pragma once

/// Probability currents of a state, and what they dissipate:
///
///     J = forth m_K - back m_L                       mass that crosses a face, from K to L [M/T]
///     j_K = 1/|K| sum over faces of K of J d / 2     current density at a centre, d = x_L - x_K
///     sigma = sum of J ln(forth m_K / (back m_L))    entropy production rate, >= 0 [1/T]
///
/// sigma vanishes if and only if every J does: in detailed balance. In a steady state the currents
/// are free of divergence, sum over faces of J = -(A m)_K = 0. Faces along offsets that are no axes
/// (tensors) count with their own d, so that j has one component an axis. Reference: Schnakenberg
/// 1976; Seifert 2012.

#include <vector>

#include "discretisation/generator.hpp"

namespace feller {

struct Currents {
  std::vector<Field> density;     ///< j, one field an axis [M/(L^(d-1) T)]
  Field divergence;               ///< what leaves each cell through its faces [M/T]
  double size = 0;                ///< sum of |J|
  double throughput = 0;          ///< sum of forth m_K + back m_L, which J is the difference of
  double entropy_production = 0;  ///< sigma; infinite where a jump has no way back
};

/// Of the masses m >= 0. Collective.
Currents currents(const Generator& generator, const Field& masses);

}  // namespace feller
