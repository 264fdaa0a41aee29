#include "studies/chain/turning_point.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>

#include "solvers/functionals.hpp"

namespace feller {

namespace {

/// Where J(p_t) falls below n = 1: it is below from there on.
std::optional<double> law_turns(const Problem& problem, double from, double to) {
  const auto excess = [&](double time) {
    return *law_at(problem, -2 * time)->fisher_information() - 1;
  };
  if (!(excess(from) > 0) || !(excess(to) < 0)) return std::nullopt;
  for (int halving = 0; halving < 50; ++halving) {
    const double middle = (from + to) / 2;
    (excess(middle) > 0 ? from : to) = middle;
  }
  return (from + to) / 2;
}

}  // namespace

std::optional<TurningPoint> turning_point(const Problem& problem,
                                          std::span<const EntropyRow> rows) {
  const auto top = std::ranges::max_element(rows, {}, &EntropyRow::entropy);
  if (top == rows.begin() || top + 1 == rows.end()) return std::nullopt;
  const auto time_of = [](const EntropyRow& row) { return -row.log_survival / 2; };
  const double earliest = std::min(1e-3, time_of(rows[1]));
  if (!law_at(problem, -2 * earliest)->fisher_information()) return std::nullopt;
  const auto law_time = law_turns(problem, earliest, time_of(rows.back()));
  if (!law_time) return std::nullopt;
  const Field initial = problem.initial(0);
  const auto falling = [&](double time) {
    if (!ChainKernel::resolves(problem.grid(), -2 * time)) return HUGE_VAL;
    return -differential_entropy(ChainKernel{problem.grid(), -2 * time}.forward(initial));
  };
  // The maximum is flat: half of the digits are all there is to its place.
  constexpr int bits = 26;
  const auto [time, entropy] = boost::math::tools::brent_find_minima(falling, time_of(*(top - 1)),
                                                                     time_of(*(top + 1)), bits);
  return TurningPoint{time, *law_time, *law_at(problem, -2 * *law_time)->entropy()};
}

}  // namespace feller
