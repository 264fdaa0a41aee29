#pragma once

/// Rates along the axes, for a scalar or diagonal diffusion; see problems/equation.hpp.
///
/// Where D is 0 on either side of a face the drift alone crosses it, upwind. A border that absorbs,
/// or where the density is given, lies half a cell away.

#include "problems/equation.hpp"

namespace feller {

/// Collective; throws InputError.
JumpRates axis_rates(const Equation& equation, const Grid& grid, const FluxWeight& weight,
                     double time, const Parameters& parameters);

/// How a face lets through: what its two sides have in common.
struct Passage {
  double resistance;  ///< integral of 1/D [T/L]; infinite where D is 0
  double peclet;      ///< z from K to L
  double velocity;    ///< the drift across it [L/T]
};

/// Per unit of area and density: {forth, back} [L/T].
std::pair<double, double> transmission(const Passage& passage, const FluxWeight& weight);

/// Throws InputError where the central weight would turn negative. `name` of the axis.
void require_positive(const FluxWeight& weight, double peclet, const Grid& grid, const Point& where,
                      std::string_view name, const Parameters& parameters);

}  // namespace feller
