#include "discretisation/jump_rates.hpp"

namespace feller {

namespace {

std::vector<Index> axis_steps(const Grid& grid) {
  std::vector<Index> steps(static_cast<std::size_t>(grid.dimension()), Index{0, 0, 0});
  for (std::size_t a = 0; a < steps.size(); ++a) steps[a][a] = 1;
  return steps;
}

}  // namespace

JumpRates::JumpRates(const Grid& grid) : JumpRates{grid, axis_steps(grid)} {}

JumpRates::JumpRates(const Grid& grid, const std::vector<Index>& steps)
    : grid_{grid}, killing_{grid}, source_{grid} {
  for (const auto& step : steps) families_.push_back({step, Field{grid}, Field{grid}});
}

}  // namespace feller
