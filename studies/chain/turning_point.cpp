#include "studies/chain/turning_point.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>

#include "solvers/functionals.hpp"

namespace feller {

std::optional<TurningPoint> turning_point(const Problem& problem,
                                          std::span<const EntropyRow> rows) {
  const auto top = std::ranges::max_element(rows, {}, &EntropyRow::entropy);
  if (top == rows.begin() || top + 1 == rows.end() || !top->exact_entropy) return std::nullopt;
  const double from = -(top - 1)->log_survival / 2, to = -(top + 1)->log_survival / 2;
  const Field initial = problem.initial(0);
  const auto falling_on_grid = [&](double time) {
    if (!ChainKernel::resolves(problem.grid(), -2 * time)) return HUGE_VAL;
    return -differential_entropy(ChainKernel{problem.grid(), -2 * time}.forward(initial));
  };
  const auto falling = [&](double time) { return -*law_at(problem, -2 * time)->entropy(); };
  // The maximum is flat: half of the digits are all there is to its place.
  constexpr int bits = 26;
  const auto [time, entropy] =
      boost::math::tools::brent_find_minima(falling_on_grid, from, to, bits);
  const auto [law_time, law_entropy] =
      boost::math::tools::brent_find_minima(falling, from, to, bits);
  return TurningPoint{time, -entropy, law_time, -law_entropy};
}

}  // namespace feller
