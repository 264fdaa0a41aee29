#pragma once

/// A set that absorbs: mass that enters it is gone, wherever its border lies between the cells.
///
///     K --forth--> L, which meets the set      becomes      killing_K += (c / |K|) B(-theta z) /
///     theta
///
/// theta in (0, 1] is the part of the way from centre to centre at which the set begins, found by
/// bisection. c and z of the whole way come from its two rates, z = ln(forth |K| / (back |L|)) and
/// c / |K| = forth / B(-z) with the Scharfetter-Gummel weight B; the drift alone (back = 0) takes
/// its mass at the rate forth.
///
/// Order 2 wherever the border lies: there the scheme's defect is (theta - 1)/2 D u'' + O(h), of
/// order 0, but in one layer of cells, in which mass stays for a time of order theta h^2 / D before
/// it is absorbed; so the error that comes of it is of order h^2. Absorbing at the centre (theta
/// = 1) would move the border by part of a cell: order 1. A jump over several cells is walked
/// along: it ends where it first meets the set. A set that is thinner than a cell may be jumped
/// over. Reference: Shortley & Weller 1938; Matsunaga & Yamamoto 2000.

#include <functional>

#include "discretisation/jump_rates.hpp"

namespace feller {

/// Whether a point lies in a set. Must not throw.
using Region = std::function<bool(const Point&)>;

/// 1 in the cells whose centre lies in the region, 0 in the others. Collective.
Field indicator(const Grid& grid, const Region& region);

/// The rates of the process that is killed when it enters the region. The cells inside keep no
/// face and no source; their killing is the largest rate there is. Collective; throws InputError
/// where the region holds no cell's centre, or all of them.
JumpRates absorb(JumpRates rates, const Region& region);

}  // namespace feller
