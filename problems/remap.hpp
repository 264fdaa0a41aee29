#pragma once

/// From the bins of a histogram to the cells of a grid, so that no mass is lost on the way.
///
///     p_i = 1 / |C_i| sum_b m_b |C_i ^ B_b| / |B_b|
///
/// with m_b the mass of bin B_b, in which it is spread evenly, and |.| length, area or volume. Both
/// are boxes, so the overlap is a product of one share an axis,
///     s_ib = F_b(f_i+1) - F_b(f_i),    F_b(f) = (f - e_b) / (e_b+1 - e_b), kept in [0, 1],
/// with faces f and edges e. The shares of a bin within the grid telescope to 1 whatever the
/// round-off in f and e. First-order conservative remapping (P. W. Jones, Mon. Weather Rev. 127
/// (1999), 2204-2210).

#include "discretisation/field.hpp"
#include "io/histogram.hpp"

namespace feller {

struct Remapped {
  Field density;   ///< cell means, not scaled: their integral is the histogram's mass in the grid
  double outside;  ///< share of the histogram's mass that lies beyond the grid, 0..1
};

/// `histogram` must be the same on all ranks. A periodic axis takes only what lies between its two
/// ends. Throws InputError on all ranks if the dimensions differ. Collective.
Remapped remap(const Histogram& histogram, const Grid& grid);

}  // namespace feller
