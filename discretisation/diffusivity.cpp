#include "discretisation/diffusivity.hpp"

#include <cmath>

namespace feller {

double Diffusivity::operator()(double z_squared) const {
  return 1 / (std::pow(z_squared, power / 2) + epsilon);
}

Field squared_steepness(const JumpRates& linear, const Field& u) {
  const Ghosted state{u};
  return gather(linear, [&](const Index& k, const Index& l, const Crossing& c) {
    const double slope = c.back * state[l] - c.forth * state[k];
    const double share = slope * slope / 2;
    return std::pair{share, share};
  });
}

JumpRates lagged(JumpRates linear, const Field& squared_steepness, const Diffusivity& diffusivity) {
  const Ghosted square{squared_steepness};
  const Grid& grid = linear.grid();
  for (auto& family : linear.families()) {
    const auto forth = family.forth.values(), back = family.back.values();
    std::size_t i = 0;
    for_each(grid.owned(), [&](const Index& k) {
      const Index l = k + family.step;
      if (grid.inside(l)) {
        const double g = diffusivity((square[k] + square[l]) / 2);
        forth[i] *= g;
        back[i] *= g;
      }
      ++i;
    });
  }
  return linear;
}

}  // namespace feller
