#pragma once

/// Independent axes. Where a population is a product, p(y) = prod_a p_a(y_a), so is the law of
/// z(t), and what z(t) tells of y is what each axis tells of its own:
///
///     I(y; z(t)) = sum_a I(y_a; z_a(t)),     mmse = sum_a mmse_a
///
/// so that quadratures on the line are an exact reference in the plane and in space.

#include <optional>
#include <span>
#include <vector>

#include "studies/score/noised.hpp"

namespace feller {

/// The laws of the axes; nothing if the mixture is no product of them (to 1e-12 of a weight).
std::optional<std::vector<Noised>> independent_axes(const Mixture& population);

/// sum_a I(y_a; z_a(t)) at ascending t, to about 1e-11 an axis.
std::vector<double> information_of_axes(const std::vector<Noised>& axes,
                                        std::span<const double> times);

}  // namespace feller
