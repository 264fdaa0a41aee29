#include "studies/chain/sample_checks.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solvers/cell_draws.hpp"
#include "solvers/marginals.hpp"

namespace feller {
namespace {

constexpr double errors = 4;        ///< standard errors that a sample may be off
const std::string property = "V1";  ///< with Property 1

}  // namespace

Checks sample_checks(const Field& density, const Field& counts, std::int64_t draws) {
  const auto m = static_cast<double>(draws);
  const PearsonTest test{density, draws};
  const double x2 = test.statistic(counts);
  double mean = 0, variance = 0;
  for (int a = 0; a < density.grid().dimension(); ++a) {
    const Cumulants exact = cumulants(density, a), found = cumulants(counts, a);
    raise(mean, std::abs(found.mean - exact.mean) / std::sqrt(exact.variance / m));
    const double spread = exact.fourth + 2 * exact.variance * exact.variance;
    raise(variance, std::abs(found.variance - exact.variance) / std::sqrt(spread / m));
  }
  return {
      {.name = "sample_histogram",
       .claim = fmt::format("|X^2 - (k - 1)| in standard errors: {} draws in k = {} bins, X^2 = "
                            "{:.6g}",
                            draws, test.bins(), x2),
       .measured = std::abs(x2 - test.mean()) / test.deviation(),
       .bound = errors,
       .statement = property},
      {.name = "sample_mean",
       .claim = "|mean of the draws - mean of the data| over sqrt(Var/M), all axes",
       .measured = mean,
       .bound = errors,
       .statement = property},
      {.name = "sample_variance",
       .claim = "|variance of the draws - that of the data| over sqrt((mu_4 - Var^2)/M), all axes",
       .measured = variance,
       .bound = errors,
       .statement = property},
  };
}

std::optional<Check> sample_control(const Field& density, const Field& blurred, std::int64_t draws,
                                    std::int64_t seed) {
  const PearsonTest test{density, draws};
  const double expected = test.excess(blurred) / test.deviation(), needed = 10 * errors;
  if (!(expected > 2 * needed)) return std::nullopt;
  const double x2 = test.statistic(draw_from(blurred, draws, static_cast<std::uint64_t>(seed)));
  return Check{.name = "control_sample",
               .claim = fmt::format("(X^2 - (k - 1)) in standard errors of draws from (5) as "
                                    "printed; expected {:.4g}",
                                    expected),
               .measured = (x2 - test.mean()) / test.deviation(),
               .relation = Relation::greater,
               .bound = needed,
               .is_control = true,
               .statement = property,
               .misprint = "Peter 2023, (5)"};
}

}  // namespace feller
