#include "studies/score/wrong_end_checks.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace feller {
namespace {

constexpr const char* statement = "V19";

/// Runge and Kutta's steps in ln a: a twentieth of what the law takes to relax, at most.
int equation_steps(const WrongScore& model, double lambda) {
  const double rate = (1 + lambda) * (1 + model.error.factor);
  return 4000 + 2 * static_cast<int>(10 * rate * model.reach());
}

/// The distance of the equations' solution from a closed form, over what it is granted: its change
/// from half as many steps, and one rounding a step.
double distance_in(int steps, double fine, double coarse, double exact) {
  return std::abs(fine / exact - 1) / (std::abs(fine / coarse - 1) + steps * 1.2e-16);
}

/// Of the shift for ever more noise.
Check limit_check(const WrongScore& model, double most) {
  const double x = (most - 1) / 2;
  const double shift = model.by_equations(most, equation_steps(model, most)).mean;
  return {.name = "limit",
          .claim = fmt::format("delta at lambda = {:g} over its limit b a_0, |ratio - 1|; bound "
                               "1/(g - 1) + g/(g - 1) (a_0/a_T)^(g-1)",
                               most),
          .measured = std::abs(shift / (model.error.constant * model.end_variance()) - 1),
          .bound = 1 / x + (1 + 1 / x) * std::exp(-x * model.reach()) + 1e-9,
          .statement = statement};
}

}  // namespace

Checks equation_checks(const WrongScore& model, const std::vector<double>& lambdas) {
  double worst = 0, largest = 0;
  for (const double lambda : lambdas) {
    const int steps = equation_steps(model, lambda);
    const auto fine = model.by_equations(lambda, steps);
    const auto coarse = model.by_equations(lambda, steps / 2);
    const auto exact = model.end(lambda);
    raise(worst, distance_in(steps, fine.variance, coarse.variance, exact.variance));
    if (model.error.constant != 0) {
      raise(worst, distance_in(steps, fine.mean, coarse.mean, exact.mean));
    }
    if (model.error.factor == 0) {
      raise(worst,
            distance_in(steps, fine.path, coarse.path,
                        constant_path(model.error.constant, lambda, model.first, model.last)));
    }
    raise(largest, model.divergence(exact) / fine.path);
  }
  return {{.name = "equations",
           .claim = "mean, variance and path KL by their equations, against closed forms, lambda "
                    "from 1/64 to 1024: largest distance over its change from half the steps, and "
                    "round-off",
           .measured = worst,
           .bound = 1,
           .statement = statement},
          {.name = "bound",
           .claim = "largest KL(end) / ((1 + lambda)^2 / (8 lambda) int E|e|^2 dt), closed form",
           .measured = largest,
           .bound = 1,
           .statement = statement}};
}

Checks constant_checks(const WrongScore& model, const std::vector<double>& lambdas) {
  Checks checks;
  const double L = model.reach();
  const auto at = [&](double lambda) {
    return model.divergence(model.by_equations(lambda, equation_steps(model, lambda)));
  };
  double best = std::numeric_limits<double>::infinity(), where = 0, steepest = 0, before = 0;
  for (const double lambda : lambdas) {
    const double now = at(lambda);
    if (lower(best, now)) where = lambda;
    if (lambda > 1) raise(steepest, now / before);
    before = now;
  }
  if (L >= 2) {
    checks.push_back({.name = "end_falls",
                      .claim = fmt::format("ln(a_T/a_0) = {:.4g} >= 2: KL(end) falls with lambda "
                                           "from 1 on; largest ratio of neighbours",
                                           L),
                      .measured = steepest,
                      .relation = Relation::less,
                      .bound = 1,
                      .statement = statement});
  }
  checks.push_back(limit_check(model, lambdas.back()));
  const double one = at(1);
  checks.push_back({.name = "control_best",
                    .claim = fmt::format("lambda = 1, best for the path, taken for the best at the "
                                         "end: KL {:.5g} there, {:.5g} at lambda = {:g}; ratio - 1",
                                         one, best, where),
                    .measured = one / best - 1,
                    .relation = Relation::greater,
                    .bound = 1e-8,
                    .is_control = true,
                    .statement = statement});
  return checks;
}

Checks shift_controls(const std::vector<WrongRun>& runs) {
  const WrongRun &few = runs.front(), &many = runs.back();
  const double tolerance = 4 * std::sqrt(many.stepwise->variance / many.particles) +
                           std::abs(many.stepwise->mean - many.exact->mean);
  if (std::abs(many.exact->mean - few.exact->mean) < 11 * tolerance) return {};
  return {{.name = "control_shift",
           .claim = fmt::format("delta of lambda = {:g}, {:.5f}, taken for that of {:g}: the "
                                "particles have {:.5f}; in units of the claim's bound",
                                few.lambda, few.exact->mean, many.lambda, many.found.mean),
           .measured = std::abs(many.found.mean - few.exact->mean) / tolerance,
           .relation = Relation::greater,
           .bound = 10,
           .is_control = true,
           .statement = statement}};
}

Checks end_checks(const WrongScore& model, const std::vector<WrongRun>& runs) {
  double mean = 0, variance = 0, stepwise = 0, end = 0;
  for (const WrongRun& run : runs) {
    const auto &exact = *run.exact, &steps = *run.stepwise;
    const double one = std::sqrt(steps.variance / run.particles);
    const double two = steps.variance * std::sqrt(2 / run.particles);
    raise(mean,
          std::abs(run.found.mean - exact.mean) / (4 * one + std::abs(steps.mean - exact.mean)));
    raise(variance, std::abs(run.found.variance - exact.variance) /
                        (4 * two + std::abs(steps.variance - exact.variance)));
    raise(stepwise, std::abs(run.found.mean - steps.mean) / one);
    raise(stepwise, std::abs(run.found.variance - steps.variance) / two);
    raise(end, (run.end.value - model.divergence(steps)) / (4 * run.end.error));
  }
  return {{.name = "particles_mean",
           .claim = "largest |mean of the particles - delta| over 4 standard errors and the error "
                    "of the steps",
           .measured = mean,
           .bound = 1,
           .statement = statement},
          {.name = "particles_variance",
           .claim = "largest |their variance - the law's| over the same",
           .measured = variance,
           .bound = 1,
           .statement = statement},
          {.name = "particles_steps",
           .claim = "mean and variance of the particles against those of the steps, largest "
                    "distance in standard errors",
           .measured = stepwise,
           .bound = 4,
           .statement = statement},
          {.name = "particles_cells",
           .claim = "KL(end) of particles in cells less that of the law of the steps, which cells "
                    "only lower, over 4 standard errors; the largest",
           .measured = end,
           .bound = 1,
           .statement = statement}};
}

}  // namespace feller
