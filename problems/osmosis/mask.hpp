#pragma once

/// Sets of pixels, as fields of 0 and 1.

#include "discretisation/field.hpp"

namespace feller {

/// 1 where `level` exceeds `threshold`.
Field above(const Field& level, double threshold);

/// The set and all within `width` pixels of it: 4 and 8 neighbours in turn, so that a point grows
/// to an octagon. Collective.
Field dilated(const Field& set, int width);

/// Pixels of the set with one of their 4 neighbours outside, and those outside with one inside: two
/// pixels wide, the same for a set and its complement. Collective.
Field edge_of(const Field& set);

Field complement(const Field& set);
Field united(const Field& one, const Field& other);

/// How many pixels. Collective.
double count(const Field& set);

}  // namespace feller
