#include "problems/processes/registry.hpp"

#include <fmt/format.h>

#include <array>

namespace feller {
namespace {

constexpr std::array kinds{
    ProcessEntry{"brownian", "dX = sqrt(2 D) dW: variance exploding", brownian},
    ProcessEntry{"ornstein_uhlenbeck", "dX = -theta X dt + sqrt(2 D) dW: variance preserving",
                 ornstein_uhlenbeck},
    ProcessEntry{"rotating_ornstein_uhlenbeck",
                 "a linear drift that also turns, full D: a stationary current",
                 rotating_ornstein_uhlenbeck},
    ProcessEntry{"cir", "dX = kappa (theta - X) dt + sigma sqrt(X) dW on x > 0", cir},
    ProcessEntry{"jacobi", "dX = kappa (theta - X) dt + sigma sqrt(X (1 - X)) dW on (0, 1)",
                 jacobi},
    ProcessEntry{"geometric_brownian_motion", "dX = mu X dt + sigma X dW on x > 0",
                 geometric_brownian_motion},
    ProcessEntry{"double_well", "dX = -grad U dt + sqrt(2 D) dW, U = h (x^2-1)^2 + k (y^2+z^2)/2",
                 double_well},
};

}  // namespace

std::span<const ProcessEntry> process_kinds() {
  return kinds;
}

void require_dimension(const Parameters& parameters, int dimension, int needed) {
  if (dimension == needed) return;
  throw parameters.blame("grid.cells",
                         fmt::format("has {} axes, but the process has {}", dimension, needed));
}

Point as_point(const Parameters& parameters, const std::string& key,
               const std::vector<double>& list, int dimension) {
  const auto axes = static_cast<std::size_t>(dimension);
  if (list.size() != axes && list.size() != 1) {
    throw parameters.blame(
        key, fmt::format("has {} entries, must have 1 or as many as there are axes, {}",
                         list.size(), dimension));
  }
  Point point{};
  for (std::size_t a = 0; a < axes; ++a) point[a] = list.size() == 1 ? list[0] : list[a];
  return point;
}

}  // namespace feller
