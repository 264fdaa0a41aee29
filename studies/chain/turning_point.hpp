#pragma once

/// Where the entropy of the chain's process turns from rising to falling: the t* with J(p_t) = n.

#include <optional>

#include "studies/chain/chain_entropies.hpp"

namespace feller {

struct TurningPoint {
  double time;      ///< where H is largest on the grid, between the outputs around the largest
  double law_time;  ///< where J = n for the exact law, of all times
  double law_entropy;
};

/// Nothing if the largest entropy is the first or the last, or if the law's J is not known. On cell
/// means of width h the maximum of H + h^2 J / 24 comes h^2/24 earlier. Collective.
std::optional<TurningPoint> turning_point(const Problem& problem, std::span<const EntropyRow> rows);

}  // namespace feller
