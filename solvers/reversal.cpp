#include "solvers/reversal.hpp"

#include <cmath>

namespace feller {

Generator reversible_half(const Generator& generator, const Field& log_weight) {
  const Ghosted log_pi{log_weight};
  JumpRates rates{generator.rates()};
  const Grid& grid = rates.grid();
  for (auto& family : rates.families()) {
    auto forth = family.forth.values().begin();
    auto back = family.back.values().begin();
    for_each(grid.owned(), [&](const Index& k) {
      const Index l = k + family.step;
      double& there = *forth++;
      double& here = *back++;
      if (!grid.inside(l)) return;
      const double ratio = std::exp(log_pi[l] - log_pi[k]);
      there = (there + ratio * here) / 2;
      here = there / ratio;
    });
  }
  return Generator{std::move(rates), log_weight};
}

}  // namespace feller
