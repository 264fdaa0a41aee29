#include "studies/score/score_error_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace feller {
namespace {

constexpr const char* statement = "V19";

/// The run whose wrong factor is told best from the right one by its particles, or none.
const WrongRun* telling_run(const std::vector<WrongRun>& runs) {
  const WrongRun* best = nullptr;
  double most = 11;
  for (const WrongRun& run : runs) {
    const double apart = std::abs(run.lambda - 1) * run.girsanov / path_tolerance(run);
    if (apart > most) {
      most = apart;
      best = &run;
    }
  }
  return best;
}

Check girsanov_check(const std::vector<WrongRun>& runs) {
  double worst = 0;
  std::string values;
  for (const WrongRun& run : runs) {
    raise(worst, std::abs(run.found.log_ratio.value - run.girsanov) / path_tolerance(run));
    values += fmt::format("{}{:.5g} for {:.5g}", values.empty() ? "" : ", ",
                          run.found.log_ratio.value, run.girsanov);
  }
  return {.name = "girsanov",
          .claim =
              "mean of ln dQ/dP, by the densities of the particles' steps, against "
              "(1 + lambda)^2 / (8 lambda) int E|e|^2 dt: " +
              values + "; largest distance over 4 standard errors",
          .measured = worst,
          .bound = 1,
          .statement = statement};
}

}  // namespace

double path_tolerance(const WrongRun& run) {
  return 4 * std::hypot(run.found.log_ratio.error, run.girsanov_error);
}

Checks path_checks(const std::vector<WrongRun>& runs) {
  Checks checks{girsanov_check(runs)};
  double most = 0;
  for (const WrongRun& run : runs) {
    raise(most, (run.between.value - 4 * run.between.error) /
                    (run.found.log_ratio.value + 4 * run.found.log_ratio.error));
  }
  checks.push_back({.name = "end_below_path",
                    .claim = "KL of the ends, of particles in cells, with the wrong to the exact "
                             "score, less 4 standard errors, over the path's; the largest",
                    .measured = most,
                    .bound = 1,
                    .statement = statement});
  if (const WrongRun* run = telling_run(runs)) {
    const double wrong = run->lambda * run->girsanov;
    checks.push_back(
        {.name = "control_factor",
         .claim = fmt::format("without 1/lambda Girsanov's formula gives {:.5f} for lambda = {:g}; "
                              "the mean of ln dQ/dP is {:.5f}; apart by, in units of the claim's "
                              "bound",
                              wrong, run->lambda, run->found.log_ratio.value),
         .measured = std::abs(run->found.log_ratio.value - wrong) / path_tolerance(*run),
         .relation = Relation::greater,
         .bound = 10,
         .is_control = true,
         .statement = statement});
  }
  return checks;
}

bool has_weights(const WrongRun& run) {
  // ln dP/dQ is nearly normal of variance v = 2 KL: the skewness of a lognormal law, which moves
  // 4 standard errors of a mean by about skewness * 15/(6 sqrt N) of one.
  const double grown = std::exp(2 * run.girsanov);
  return (grown + 2) * std::sqrt(grown - 1) <= std::sqrt(run.particles) / 10;
}

Checks weight_checks(const std::vector<WrongRun>& runs) {
  double one = 0, apart = 0, unweighted = 0;
  int runs_with = 0;
  const auto over = [](double value, const Estimate& found, const Estimate& right) {
    return std::abs(value - right.value) / (4 * std::hypot(found.error, right.error));
  };
  for (const WrongRun& run : runs) {
    if (!has_weights(run)) continue;
    ++runs_with;
    const WrongPaths &found = run.found, &right = run.right;
    raise(one, std::abs(found.weight.value - 1) / (4 * found.weight.error));
    const Estimate mean{right.mean, std::sqrt(right.variance / run.particles)};
    raise(apart, over(found.weighted.value, found.weighted, mean));
    raise(apart, over(found.weighted_second.value, found.weighted_second, right.second));
    raise(unweighted, over(found.mean, found.weighted, mean));
    raise(unweighted, over(found.second.value, found.weighted_second, right.second));
  }
  if (runs_with == 0) return {};
  return {{.name = "weights",
           .claim = "largest |mean of dP/dQ - 1| over 4 standard errors",
           .measured = one,
           .bound = 1,
           .statement = statement},
          {.name = "reweighted",
           .claim = fmt::format("particles with the wrong score, weighted by dP/dQ, have the mean "
                                "and the second moment of those with the exact one: largest "
                                "distance over 4 standard errors, {} lambdas; unweighted {:.3g}",
                                runs_with, unweighted),
           .measured = apart,
           .bound = 1,
           .statement = statement}};
}

Checks least_path_checks(const std::vector<WrongRun>& runs) {
  const auto one = std::ranges::find(runs, 1.0, &WrongRun::lambda);
  if (one == runs.end() || runs.size() < 2) return {};
  double least = std::numeric_limits<double>::infinity();
  for (const WrongRun& run : runs) {
    if (&run == &*one) continue;
    const double error = std::hypot(run.found.log_ratio.error, one->found.log_ratio.error);
    lower(least, (run.found.log_ratio.value - one->found.log_ratio.value) / (4 * error));
  }
  return {{.name = "least_path",
           .claim = "mean of ln dQ/dP less that of lambda = 1, the least over 4 standard errors",
           .measured = least,
           .relation = Relation::at_least,
           .bound = -1,
           .statement = statement}};
}

}  // namespace feller
