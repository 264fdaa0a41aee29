#include "discretisation/jump_rates.hpp"

namespace feller {

JumpRates::JumpRates(const Grid& grid) : grid_{grid} {
  for (int a = 0; a < grid.dimension(); ++a) {
    Index step{0, 0, 0};
    step[static_cast<std::size_t>(a)] = 1;
    families_.push_back({step, Field{grid}, Field{grid}});
  }
}

}  // namespace feller
