#include "studies/score/likelihood_checks.hpp"

#include <algorithm>
#include <cmath>

#include "studies/chain/normal_scores.hpp"

namespace feller {
namespace {

// Both quadratures are good to about 1e-11.
constexpr double quadrature_bound = 1e-10;

Check refuted(std::string name, std::string claim, double apart) {
  return {.name = std::move(name),
          .claim = std::move(claim),
          .measured = apart,
          .relation = Relation::greater,
          .bound = 10 * quadrature_bound,
          .is_control = true,
          .statement = "V15"};
}

}  // namespace

Checks likelihood_checks(const std::vector<LikelihoodTerm>& terms) {
  double worst = 0, doubled = HUGE_VAL, silent = 0, sampled = 0;
  for (const auto& term : terms) {
    raise(worst, std::abs(term.left - term.integral - term.posterior));
    doubled = std::min(doubled, std::abs(term.left - 2 * term.integral - term.posterior));
    raise(silent, std::abs(term.left - term.no_noise - term.posterior));
    for (const auto& estimate : {term.sampled.plain, term.sampled.controlled}) {
      // The control variate of a normal law leaves nothing but round-off to sample.
      raise(sampled,
            std::abs(estimate.value + term.posterior - term.left) / (estimate.error + 1e-10));
    }
  }
  return {{.name = "likelihood",
           .claim = "(10): largest |-ln p(y) - right side| over all y and t, by quadrature",
           .measured = worst,
           .bound = quadrature_bound,
           .statement = "V15"},
          refuted("control_factor",
                  "(10) with the factor 1/2 dropped: least distance over all y and t", doubled),
          refuted("control_no_expectation",
                  "(10) with z(s) = y in the integral in place of the expectation over z(s): "
                  "largest distance",
                  silent),
          {.name = "likelihood_sampled",
           .claim = "(10) with the integral by Monte Carlo, without and with control variate: "
                    "largest error in standard errors",
           .measured = sampled,
           .bound = worst_of(2 * static_cast<double>(terms.size())),
           .statement = "V15"}};
}

}  // namespace feller
