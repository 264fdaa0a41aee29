#include "studies/score/denoiser_ladders.hpp"

#include <cmath>

namespace feller {

SamplePlan DenoiserPlan::at(double t, Use use, std::size_t number) const {
  std::size_t level = 0;
  while (level < times.size() && times[level] != t) ++level;
  const std::size_t stream = (number * 64 + level) * 8 + static_cast<std::size_t>(use) + 1;
  return {.seed = seed,
          .stream = static_cast<std::uint32_t>(stream),
          .count = samples,
          .first = t,
          .last = t};
}

SamplePlan DenoiserPlan::over_all(Use use) const {
  SamplePlan plan = at(0, use);
  plan.first = first;
  plan.last = last;
  return plan;
}

FeaturePlan DenoiserPlan::one_level(int count) const {
  FeaturePlan one = features;
  one.count = count;
  one.in_time = 1;
  return one;
}

std::vector<int> DenoiserPlan::counts(int dimension) const {
  std::vector<int> found;
  for (const int count : {1, 2, 3, 4, 6, 8, 12, 16, 24, 32}) {
    const bool polynomial = is_polynomial(features.kind);
    if (count < 4 && !polynomial) continue;
    // Polynomials of high degree are of no use in double precision.
    if (polynomial && count > std::max(features.count, 12)) continue;
    if (feature_count(one_level(count), dimension) <= 64) found.push_back(count);
  }
  return found;
}

LevelFit look_at(const LearnedDenoiser& learned, const Mixture& population,
                 const DenoiserPlan& plan, double t, MPI_Comm comm) {
  const NoiseLevel level{population, t};
  const BestFit best{learned.features(), level};
  const auto others = draw(population, plan.at(t, DenoiserPlan::Use::trying), comm);
  const Excess excess = excess_risk(learned, level);
  return {.t = t,
          .mmse = mmse(level),
          .excess = excess.value,
          .sampled = {sampled_excess(learned, population, others, comm),
                      excess.standard_error(plan.samples)},
          .approximation = best.approximation(),
          .estimation = best.estimation(static_cast<double>(plan.samples)),
          .iterations = learned.iterations(),
          .orthogonality = learned.orthogonality()};
}

FeatureRung feature_rung(const Mixture& population, const DenoiserPlan& plan, int count,
                         MPI_Comm comm) {
  const Features features{population, plan.one_level(count)};
  const auto samples = static_cast<double>(plan.samples);
  FeatureRung rung{.size = features.size()};
  for (const double t : plan.times) {
    const NoiseLevel level{population, t};
    const BestFit best{features, level};
    const LearnedDenoiser learned{
        features, draw(population, plan.at(t, DenoiserPlan::Use::learning), comm), comm};
    rung.levels.push_back({.excess = excess_risk(learned, level).value,
                           .approximation = best.approximation(),
                           .bound = best.estimation_bound(samples),
                           .neglected = best.neglected(samples),
                           .orthogonality = learned.orthogonality()});
  }
  return rung;
}

SampleRung sample_rung(const Mixture& population, const DenoiserPlan& plan, double t,
                       std::int64_t samples, MPI_Comm comm) {
  const Features features{population, plan.one_level()};
  const NoiseLevel level{population, t};
  const BestFit best{features, level};
  double total = 0, squares = 0;
  for (int r = 0; r < plan.replicates; ++r) {
    // Numbers that go on where those of fewer samples end would not be drawn anew.
    SamplePlan own = plan.at(t, DenoiserPlan::Use::replicate, static_cast<std::size_t>(r));
    own.count = samples;
    own.seed = plan.seed + static_cast<std::uint64_t>(samples) * 1'000'003;
    const LearnedDenoiser learned{features, draw(population, own, comm), comm};
    const double excess = excess_risk(learned, level).value;
    total += excess;
    squares += excess * excess;
  }
  const double n = plan.replicates, mean = total / n;
  const double spread = std::sqrt(std::max(0.0, squares / n - mean * mean) / (n - 1));
  const auto count = static_cast<double>(samples);
  return {.samples = samples,
          .excess = {mean, spread},
          .approximation = best.approximation(),
          .estimation = best.estimation(count),
          .neglected = best.neglected(count),
          .features = features.size(),
          .replicates = plan.replicates};
}

}  // namespace feller
