#pragma once

/// A tensor's offsets, decomposed cell by cell, as families of faces.

#include "discretisation/field.hpp"
#include "discretisation/selling.hpp"

namespace feller {

/// Offsets longer than this are refused: as many cells are ghosts of every rank.
inline constexpr int longest_offset = 8;

/// Of one cell.
using Offsets = std::vector<OffsetWeight>;

/// All offsets that occur in the owned cells of any rank, the axes first. Collective.
std::vector<Index> steps_of(const std::vector<Offsets>& cells, const Grid& grid);

/// The longest component of any step, at least 1.
int longest(const std::vector<Index>& steps);

/// |K| rho_e(K) in every cell, for one offset e.
Field conductance(const std::vector<Offsets>& cells, const Grid& grid, const Index& step);

}  // namespace feller
