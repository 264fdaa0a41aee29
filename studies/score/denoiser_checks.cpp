#include "studies/score/denoiser_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <iterator>

#include "studies/chain/normal_scores.hpp"

namespace feller {
namespace {

/// What Student's t with so many degrees of freedom exceeds with this probability.
double student_quantile(double freedom, double tail) {
  const boost::math::students_t law{freedom};
  return boost::math::quantile(boost::math::complement(law, tail));
}

using Use = DenoiserPlan::Use;

double squared(const Point& a, const Point& b) {
  return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
         (a[2] - b[2]) * (a[2] - b[2]);
}

}  // namespace

Checks level_checks(const std::vector<LevelFit>& fits) {
  double orthogonality = 0, apart = 0, least = HUGE_VAL;
  int iterations = 0;
  for (const auto& fit : fits) {
    raise(orthogonality, fit.orthogonality);
    raise(apart, std::abs(fit.excess - fit.sampled.value) / fit.sampled.error);
    // The fit over all levels has no approximation error of its own.
    if (fit.mmse > 0) lower(least, (fit.excess - fit.approximation) / fit.mmse);
    iterations = std::max(iterations, fit.iterations);
  }
  return {{.name = "orthogonality",
           .claim = fmt::format("(13): residuals orthogonal to the features, largest |A^T r| / "
                                "(|A| |r|), after at most {} iterations of LSQR",
                                iterations),
           .measured = orthogonality,
           .bound = orthogonality_bound,
           .statement = "V16"},
          {.name = "excess",
           .claim = "excess risk E|yhat - E[y|t,z]|^2 by quadrature against E|yhat - y|^2 - "
                    "E|E[y|t,z] - y|^2 on other samples, levels alone and together: largest "
                    "distance in standard errors",
           .measured = apart,
           .bound = worst_of(static_cast<double>(fits.size())),
           .statement = "V16"},
          {.name = "excess_least",
           .claim = "excess risk less that of the best sum of these features (>= 0), over mmse: "
                    "the least",
           .measured = least,
           .relation = Relation::at_least,
           .bound = -1e-12,
           .statement = "V16"}};
}

Checks feature_checks(const DenoiserPlan& plan, const std::vector<FeatureRung>& rungs) {
  double rise = -HUGE_VAL, over = 0;
  int looked = 0;
  for (std::size_t r = 0; r < rungs.size(); ++r) {
    for (std::size_t k = 0; k < plan.times.size(); ++k) {
      const auto& rung = rungs[r].levels[k];
      // Polynomials have those of lower degree among them; for others ends are compared.
      const bool polynomial = is_polynomial(plan.features.kind);
      if (r > 0 && (polynomial || r + 1 == rungs.size())) {
        const auto& before = rungs[polynomial ? r - 1 : 0].levels[k];
        raise(rise,
              (rung.approximation - before.approximation) / rungs.front().levels[k].approximation);
      }
      // The Gram matrix of the samples is within a half of the true one, but for bad luck.
      const double off = 4 * std::sqrt(rung.neglected * rungs[r].size);
      if (off > 0.5) continue;
      ++looked;
      raise(over, (rung.excess - rung.approximation) / (rung.bound / ((1 - off) * (1 - off))));
    }
  }
  Checks checks{{.name = "approximation",
                 .claim = "with more features the excess risk of the best sum falls: largest "
                          "rise, over that with the fewest",
                 .measured = rise,
                 .bound = 1e-12,
                 .statement = "V16"}};
  if (looked > 0) {
    checks.push_back({.name = "estimation_bound",
                      .claim = fmt::format("what a fit has beyond that, over the bound of a sum of "
                                           "chi-squares (probability e^-10): the largest of {} "
                                           "fits",
                                           looked),
                      .measured = over,
                      .bound = 1,
                      .statement = "V16"});
  }
  return checks;
}

Checks sample_checks(const std::vector<SampleRung>& rungs) {
  double worst = 0, neglected = 0;
  std::vector<SampleRung> judged;
  std::ranges::copy_if(rungs, std::back_inserter(judged), &SampleRung::is_first_order);
  if (judged.empty()) return {};
  const double looks = static_cast<double>(judged.size());
  for (const auto& rung : judged) {
    const double theory = rung.approximation + rung.estimation;
    raise(worst, std::abs(rung.excess.value - theory) /
                     (student_quantile(rung.replicates - 1, beyond_four() / looks / 2) *
                          rung.excess.error +
                      2 * rung.neglected * rung.estimation));
    neglected = std::max(neglected, rung.neglected);
  }
  return {{.name = "estimation",
           .claim = fmt::format("mean excess risk of {} fits to M samples each, M from {} to {}, "
                                "against approximation + tr S/M: largest distance over what "
                                "Student's law allows for (like 4 standard errors) and what theory "
                                "leaves out, {:.1e} of tr S/M at most",
                                judged.front().replicates, judged.front().samples,
                                judged.back().samples, 2 * neglected),
           .measured = worst,
           .bound = 1,
           .statement = "V16"}};
}

Checks condition_checks(const std::vector<ConditionRow>& rows, double variance) {
  double bound = 0, largest = 0, least = HUGE_VAL, sampled = 0;
  for (const auto& row : rows) {
    if (row.t < variance) continue;
    raise(bound, row.bound);
    raise(largest, row.scaled);
    raise(sampled, row.sampled);
    least = std::min(least, row.scaled);
  }
  const double last = rows.back().t;
  return {{.name = "condition",
           .claim = fmt::format("(14): condition number of features of z/sqrt(v + t), t = v to "
                                "{:g}: from {:.4g}, on samples {:.4g} at most; bound by the "
                                "components' own",
                                last, least, sampled),
           .measured = largest,
           .bound = bound,
           .statement = "V16"},
          {.name = "control_raw_features",
           .claim = fmt::format("the same features of z itself at t = {:g}", last),
           .measured = rows.back().raw,
           .relation = Relation::greater,
           .bound = 10 * bound,
           .is_control = true,
           .statement = "V16"}};
}

Check normal_check(const Mixture& population, const DenoiserPlan& plan, MPI_Comm comm) {
  const auto n = static_cast<std::size_t>(population.dimension());
  const Moments moments = population.moments();
  double v = 0, worst = 0, looks = 0;
  for (std::size_t a = 0; a < n; ++a) v += moments.covariance[a][a] / static_cast<double>(n);
  Component component;
  for (std::size_t a = 0; a < n; ++a) {
    component.along[a] = {moments.mean[a], moments.mean[a], std::sqrt(v)};
  }
  const Mixture normal{population.dimension(), {component}};
  const Features linear{normal, {.kind = FeatureKind::hermite, .count = 2}};
  for (const double t : plan.times) {
    const LearnedDenoiser learned{linear, draw(normal, plan.at(t, Use::normal), comm), comm};
    const double error = std::sqrt(v * t / (v + t) / static_cast<double>(plan.samples));
    for (std::size_t a = 0; a < n; ++a) {
      const auto& found = learned.coefficients(static_cast<int>(a));
      for (std::size_t k = 0; k <= n; ++k) {
        // 1 stands first, the last axis after it.
        const double exact = k == 0 ? moments.mean[a] : k == n - a ? v / std::sqrt(v + t) : 0;
        raise(worst, std::abs(found[k] - exact) / error);
        ++looks;
      }
    }
  }
  return {.name = "normal",
          .claim =
              "of a normal population a linear denoiser has the slope v/(v + t): largest "
              "distance of a coefficient in standard errors, sqrt(v t/(v + t)/M)",
          .measured = worst,
          .bound = worst_of(looks),
          .statement = "V16"};
}

Check score_matching_check(const Mixture& population, const DenoiserPlan& plan, MPI_Comm comm) {
  double worst = 0;
  const Features features{population, plan.one_level()};
  for (const double t : plan.times) {
    const auto samples = draw(population, plan.at(t, Use::learning), comm);
    const LearnedDenoiser denoiser{features, samples, comm};
    const LearnedDenoiser score{features, samples, comm, score_data_of};
    const NoiseLevel level{population, t};
    double apart = 0;
    for (const auto& [z, weight] : level.nodes()) {
      Point from = denoiser(t, z);
      for (std::size_t a = 0; a < 3; ++a) from[a] = (from[a] - z[a]) / t;
      apart += weight * squared(from, score(t, z));
    }
    // |A dc| <= |A^T r| / sigma_min <= tolerance |A|_F |r| / sigma_min, for either; under the law
    // instead of the samples at most twice that.
    const double amplified = orthogonality_bound * std::sqrt(features.size()) *
                             sampled_condition(features, samples, comm);
    raise(worst, std::sqrt(apart) / (2 * amplified * (denoiser.residual() / t + score.residual())));
  }
  return {.name = "score_matching",
          .claim =
              "a score learned from -eps/sqrt(t) is (yhat - z)/t of the learned denoiser, as "
              "z is among the features: largest distance over what the tolerance of LSQR "
              "allows",
          .measured = worst,
          .bound = 1,
          .statement = "V16"};
}

Checks reading_checks(const LearnedDenoiser& learned, const LevelFit& fit,
                      const Mixture& population, const DenoiserPlan& plan, MPI_Comm comm) {
  const double t = fit.t;
  const NoiseLevel level{population, t};
  const Moments moments = population.moments();
  Component point;
  for (std::size_t a = 0; a < 3; ++a) {
    const double y = moments.mean[a] + std::sqrt(moments.covariance[a][a]);
    point.along[a] = {y, y, 0};
  }
  const Mixture alone{population.dimension(), {point}};
  const LearnedDenoiser literal{learned.features(), draw(alone, plan.at(t, Use::control), comm),
                                comm};
  double divergence = 0;
  for (const auto& [z, weight] : level.nodes()) {
    Point apart = learned(t, z);
    for (int a = 0; a < population.dimension(); ++a) {
      const auto axis = static_cast<std::size_t>(a);
      apart[axis] = (apart[axis] - z[axis]) / t - level.law().score(a, z);
    }
    divergence += weight * squared(apart, {});
  }
  return {{.name = "divergence",
           .claim = fmt::format("Fisher divergence E|(yhat - z)/t - grad ln p_t|^2 = {:.4g} at "
                                "t = {:g}, the excess risk over t^2: |ratio - 1|",
                                divergence, t),
           .measured = std::abs(divergence * t * t / fit.excess - 1),
           .bound = 1e-9,
           .statement = "V16"},
          {.name = "control_one_y",
           .claim = fmt::format("(13) as printed, with E over t and z(t) alone, for one y: the "
                                "least is at yhat = y; its excess risk over 4 standard errors of "
                                "the excess at t = {:g}",
                                t),
           .measured = excess_risk(literal, level).value / (4 * fit.sampled.error),
           .relation = Relation::greater,
           .bound = 10,
           .is_control = true,
           .statement = "V16",
           .misprint = "McAllester, (13)"}};
}

}  // namespace feller
