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

void JumpRates::open_exits() {
  const auto is_open = [](Boundary b) {
    return b == Boundary::absorbing || b == Boundary::dirichlet;
  };
  for (int a = 0; a < grid_.dimension(); ++a) {
    const Borders& borders = grid_.axis(a).borders;
    if (is_open(borders.lower)) exits_.push_back({a, false, Field{grid_}});
    if (is_open(borders.upper)) exits_.push_back({a, true, Field{grid_}});
  }
}

}  // namespace feller
