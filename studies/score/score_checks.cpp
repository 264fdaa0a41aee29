#include "studies/score/score_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace feller {
namespace {

Check closed_form(std::string name, std::string claim, double measured) {
  return {.name = std::move(name),
          .claim = std::move(claim),
          .measured = measured,
          .bound = score_bound,
          .statement = "V20"};
}

}  // namespace

Checks score_checks(const std::vector<double>& times, const std::vector<ScoreWays>& ways,
                    int dimension) {
  ScoreWays worst;
  double literal = 0, misses = HUGE_VAL;
  for (const auto& each : ways) {
    raise(worst.by_posterior, each.by_posterior);
    raise(worst.by_differences, each.by_differences);
    raise(worst.by_quadrature, each.by_quadrature);
    raise(worst.mean, each.mean);
    raise(worst.fisher, each.fisher);
    raise(literal, each.literal);
    misses = std::min(misses, each.furthest);
  }
  const std::string apart = "largest distance from the closed form, over 1/sqrt(t) + |s|";
  Checks checks{closed_form("tweedie", "(21): (E[y|t,z] - z)/t by the posterior: " + apart,
                            worst.by_posterior),
                closed_form("differences", "differences of ln p_t of order 8: " + apart,
                            worst.by_differences)};
  if (dimension == 1) {
    checks.push_back(closed_form("quadrature", "int p(y) p_t(z|y) (y - z)/t dy / p_t(z): " + apart,
                                 worst.by_quadrature));
  }
  checks.push_back(closed_form("mean_score", "E s_t(z) = 0: largest |E s_t| sqrt(t)", worst.mean));
  checks.push_back(closed_form("fisher",
                               "mmse = n t - t^2 E|s_t|^2, mmse by the variance of the posterior: "
                               "largest difference over t",
                               worst.fisher));
  checks.push_back(
      {.name = "control_line_four",
       .claim = fmt::format("(21), line 4 as printed, grad p_t(z) = E_(z,y) (y - z)/t: that is "
                            "{:.1e}/sqrt(t) at most, for every z, t from {:g} to {:g}; what it "
                            "misses of the score, in 1/sqrt(t), at the level where that is least",
                            literal, times.front(), times.back()),
       .measured = misses,
       .relation = Relation::greater,
       .bound = 10 * score_bound,
       .is_control = true,
       .statement = "V20",
       .misprint = "McAllester, (21)"});
  return checks;
}

Check grid_check(const std::vector<double>& levels,
                 const std::vector<std::vector<double>>& errors) {
  double worst = 0;
  std::string orders;
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const double coarse = errors[errors.size() - 2][k], fine = errors.back()[k];
    const double order = std::log2(coarse / fine);
    raise(worst, std::abs(order - 2));
    orders += fmt::format("{}{:.4f} at t = {:g}", k > 0 ? ", " : "", order, levels[k]);
  }
  return {.name = "score_on_grid",
          .claim =
              "score by the Fokker-Planck equation on the grid, order in h of the root of "
              "E|s_h - s|^2: " +
              orders + "; largest distance from 2",
          .measured = worst,
          .bound = 0.1,
          .statement = "V20"};
}

}  // namespace feller
