#include "studies/flow/reversed_drift.hpp"

#include <algorithm>
#include <cmath>

namespace feller {

JumpRates with_drift_reversed(JumpRates rates) {
  const Grid& grid = rates.grid();
  for (auto& family : rates.families()) {
    std::swap(family.forth, family.back);
    auto forth = family.forth.values().begin();
    auto back = family.back.values().begin();
    for_each(grid.owned(), [&](const Index& k) {
      const Index l = k + family.step;
      const double ratio = grid.inside(l) ? grid.volume(grid.wrapped(l)) / grid.volume(k) : 1;
      *forth++ *= ratio;
      *back++ /= ratio;
    });
  }
  return rates;
}

Generator with_drift_reversed(const Generator& generator) {
  JumpRates reversed = with_drift_reversed(JumpRates{generator.rates()});
  if (!generator.reversible()) return Generator{std::move(reversed)};
  const Grid& grid = generator.grid();
  const Field& log_weight = generator.log_weight();
  return Generator{std::move(reversed), fill(grid, [&](const Index& k) {
                     return 2 * std::log(grid.volume(k)) - log_weight[k];
                   })};
}

bool drifts(const JumpRates& rates) {
  const Grid& grid = rates.grid();
  double most = 0;
  for_each_face(rates, [&](const Index& k, const Index& l, const Crossing& c) {
    const double forth = grid.volume(k) * c.forth, back = grid.volume(grid.wrapped(l)) * c.back;
    most = std::max(most, std::abs(forth - back) / (forth + back));
  });
  return maximum(grid.comm(), most) > 1e-6;
}

}  // namespace feller
