#include "discretisation/weights.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace feller {
namespace {

constexpr double smallest = std::numeric_limits<double>::min();
constexpr double largest = std::numeric_limits<double>::max();

constexpr std::array weights{
    FluxWeight{"scharfetter_gummel", scharfetter_gummel, true,
               "exponential fitting (Chang-Cooper): Gibbs states exactly stationary, positive, "
               "order 2"},
    FluxWeight{"central", central, false,
               "arithmetic mean: order 2, positive only while |b h / D| < 2; exact for osmosis"},
    FluxWeight{"upwind", upwind, false, "from where the drift comes: positive, order 1"},
    FluxWeight{"sqra", sqra, true,
               "square-root approximation: Gibbs states exactly stationary, positive, order 2, "
               "rates explode at steep walls"},
};

}  // namespace

double scharfetter_gummel(double z) {
  if (std::abs(z) < 1e-2) {
    const double s = z * z;
    return 1 - z / 2 + s / 12 * (1 - s / 60 * (1 - s / 42));
  }
  return std::max(z / std::expm1(z), smallest);
}

double central(double z) {
  return 1 - z / 2;
}

double upwind(double z) {
  return 1 + std::max(-z, 0.0);
}

double sqra(double z) {
  return std::clamp(std::exp(-z / 2), smallest, largest);
}

std::span<const FluxWeight> flux_weights() {
  return weights;
}

const FluxWeight& flux_weight(std::string_view name) {
  const auto* found = std::ranges::find(weights, name, &FluxWeight::name);
  if (found == weights.end()) throw std::invalid_argument("no such flux weight");
  return *found;
}

}  // namespace feller
