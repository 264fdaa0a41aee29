#include "studies/score/reverse_horizon.hpp"

#include <fmt/format.h>

#include <cmath>

#include "studies/score/reverse_limit.hpp"

namespace feller {

std::vector<Horizon> horizons(const ReverseLaw& law, const LadderPlan& plan, double lambda) {
  std::vector<Horizon> found;
  const double t0 = plan.times.back(), v = law.population->variance, a = v + t0;
  const double limit = (lambda - 1 - std::log(lambda)) / 2;
  double leading = HUGE_VAL;
  for (double T = 100 * a; std::abs(leading) > 1e-5 && T < 2e16 * a; T *= 100) {
    const NormalState start{0, v + T};
    // As many steps a decade for every T.
    const int steps = static_cast<int>(100 * std::log(T / t0));
    const auto ladder =
        fine_ladder({0, v}, start, log_times(T, t0, steps), printed_motion(lambda), plan.scheme);
    const EntropyLimit entropy = entropy_limit(ladder, order(plan.scheme), {0, a});
    leading = -std::pow(1 - lambda, 2) / (2 * lambda) * std::pow(a / (v + T), lambda);
    found.push_back({T, entropy.value, entropy.value - limit, leading, entropy.remainder});
  }
  return found;
}

Judged horizon_checks(const ReverseLaw& law, const LadderPlan& plan,
                      const std::vector<NamedMotion>& motions) {
  Judged judged;
  for (const auto& one : motions) {
    if (!one.printed) continue;
    const double lambda = one.lambda, limit = (lambda - 1 - std::log(lambda)) / 2;
    const auto all = horizons(law, plan, lambda);
    double worst = 0;
    for (const auto& at : all) {
      // The next order is r^lambda/(2 lambda) of the leading one; doubled for those after it.
      const double power = std::abs(at.leading) * 2 * lambda / std::pow(1 - lambda, 2);
      const double allowed = std::abs(at.leading) * power / lambda + at.error;
      raise(worst, std::abs(at.gap - at.leading) / allowed);
    }
    judged.checks.push_back(
        {.name = "horizon_" + one.name,
         .claim = fmt::format("{}, from p_T: KL(q|p) as dt -> 0 minus (lambda - 1 - ln lambda)/2 "
                              "against -(1 - lambda)^2/(2 lambda) (a_0/a_T)^lambda at {} T up to "
                              "{:.2g}: worst distance over the next order",
                              one.words, all.size(), all.back().T),
         .measured = worst,
         .bound = 1,
         .statement = "V19"});
    judged.checks.push_back(
        {.name = "horizon_limit_" + one.name,
         .claim = fmt::format("{}: KL(q|p) as dt -> 0 at T = {:.2g} is {:.8f}: distance from "
                              "(lambda - 1 - ln lambda)/2 = {:.8f}",
                              one.words, all.back().T, all.back().entropy, limit),
         .measured = std::abs(all.back().gap),
         .bound = 2 * std::abs(all.back().leading) + all.back().error,
         .statement = "V19"});
  }
  return judged;
}

}  // namespace feller
