#pragma once

/// From a fine grid to a coarse one whose cells are each made of whole fine cells:
///
///     m_K = sum of m_k over the fine cells k in K
///
/// Masses are conserved; the coarse density is the mean of the fine one.

#include "discretisation/field.hpp"

namespace feller {

/// Masses on the coarse grid, which has the same box and divides the cells of the fine one along
/// every axis. Collective; throws std::invalid_argument for other grids.
Field restricted(const Field& fine_masses, const Grid& coarse);

}  // namespace feller
