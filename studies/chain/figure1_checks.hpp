#pragma once

/// What figure1 claims of both processes.

#include "discretisation/noise.hpp"
#include "io/check.hpp"
#include "studies/chain/figure1_curves.hpp"
#include "studies/flow/evolution.hpp"

namespace feller {

/// From how many numbers on one can judge by standard errors what has no law of its own: the fall
/// of the entropy (pixels), the contrast (strong edges), and count the signs of a noise (pixels).
inline constexpr double large_sample = 100;

/// Entropy, mean and contrast of one trajectory against its law, at the worst of its steps; and
/// that the entropy found rises from one look to the next, `looks` being steps.
Checks chain_checks(const std::vector<Moment>& chain, const TraceFinder& finder,
                    const std::vector<int>& looks);

/// V11 of one channel that has gone its way: L increases, L <= 0, mass, positivity, no negative
/// rate; and the controls: L against a w of a larger mean than f's, rates of the guidance as
/// printed. Collective.
Checks osmosis_checks(const Evolution& evolution, const Schedule& schedule, double tolerance,
                      const std::string& channel, double largest_lyapunov, const NoiseKey& printed);

}  // namespace feller
