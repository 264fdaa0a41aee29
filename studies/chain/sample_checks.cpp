#include "studies/chain/sample_checks.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solvers/cell_draws.hpp"
#include "solvers/marginals.hpp"
#include "studies/chain/normal_scores.hpp"

namespace feller {
namespace {

constexpr double errors = 4;        ///< standard errors that a normal number may be off
const std::string property = "V1";  ///< with Property 1

/// X^2 as c chi^2_nu with its own mean and variance: c nu = k - 1, 2 c^2 nu = Var X^2.
struct ScaledChiSquare {
  double scale, nu;

  explicit ScaledChiSquare(const PearsonTest& test)
      : scale{test.deviation() * test.deviation() / (2 * test.mean())}, nu{test.mean() / scale} {}
  double score(double x2) const { return normal_equivalent(x2 / scale, nu); }
  double quantile(double y) const { return scale * chi_square_quantile(y, nu); }
};

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
       .claim = fmt::format("Pearson's X^2 as a normal number of the same probability: {} draws "
                            "in k = {} bins, X^2 = {:.6g}",
                            draws, test.bins(), x2),
       // In one bin lies all that is drawn.
       .measured = test.bins() > 1 ? std::abs(ScaledChiSquare{test}.score(x2)) : x2,
       .bound = errors,
       .statement = property},
      {.name = "sample_mean",
       .claim = "|mean of the draws - mean of the data| over sqrt(Var/M), all axes",
       .measured = mean,
       .bound = worst_of(density.grid().dimension()),
       .statement = property},
      {.name = "sample_variance",
       .claim = "|variance of the draws - that of the data| over sqrt((mu_4 - Var^2)/M), all axes",
       .measured = variance,
       .bound = worst_of(density.grid().dimension()),
       .statement = property},
  };
}

std::optional<Check> sample_control(const Field& density, const Field& blurred, std::int64_t draws,
                                    std::int64_t seed) {
  const PearsonTest test{density, draws};
  if (!(test.bins() > 1)) return std::nullopt;
  const double tolerance = ScaledChiSquare{test}.quantile(errors) - test.mean();
  const double needed = 10 * tolerance / test.deviation();
  const double expected = test.excess(blurred) / test.deviation();
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
