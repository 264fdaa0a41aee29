#include "studies/score/sampled_information.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "discretisation/uniform.hpp"

namespace feller {
namespace {

/// Mean and standard error of what all ranks drew.
class Mean {
 public:
  void add(double value) {
    sum_ += value;
    squares_ += static_cast<long double>(value) * value;
  }
  Estimate over(MPI_Comm comm, std::int64_t count) const {
    const auto n = static_cast<long double>(count);
    const long double mean = sum(comm, sum_) / n;
    const long double variance = sum(comm, squares_) / n - mean * mean;
    return {static_cast<double>(mean),
            static_cast<double>(std::sqrt(std::max(0.0L, variance) / (n - 1)))};
  }

 private:
  long double sum_ = 0, squares_ = 0;
};

constexpr std::uint64_t block = 4096;
/// Steps of the key: what a number is drawn for.
enum Purpose : std::uint32_t { component, within, level, spread, noise };

NoiseKey with(NoiseKey key, Purpose purpose) {
  key.step = purpose;
  return key;
}

}  // namespace

NoiseSampler::NoiseSampler(const Noised& noised, NoiseKey key, std::int64_t samples,
                           std::optional<double> given)
    : noised_{noised}, key_{key}, samples_{samples}, given_{given} {}

double NoiseSampler::draw(std::uint64_t number, double normal) const {
  if (given_) return *given_;
  double left = uniform(with(key_, component), number);
  const auto& components = noised_.population().components();
  const Spread* chosen = &components.back().along[0];
  for (const auto& [weight, along] : components) {
    if ((left -= weight) >= 0) continue;
    chosen = &along[0];
    break;
  }
  const double u = uniform(with(key_, within), number);
  return chosen->lower + u * (chosen->upper - chosen->lower) + chosen->sd * normal;
}

double NoiseSampler::normal_integral(double t, double far) const {
  // E(G + sqrt(s) s_s(z))^2 = v/(v+s) from the population; given y it is that plus
  // s (d^2 - v)/(v+s)^2 with d = y - m, as G + sqrt(s) s_s = (v G - sqrt(s) d)/(v+s).
  const double v = noised_.variance();
  const double whole = (std::log1p(v / t) - std::log1p(v / far)) / 2;
  if (!given_) return whole;
  const double d = *given_ - noised_.mean();
  return whole + (d * d - v) / 2 * (1 / (v + t) - 1 / (v + far));
}

SampledIntegral NoiseSampler::integral(double t, double far, MPI_Comm comm) const {
  const auto rank = static_cast<std::uint64_t>(rank_of(comm));
  const auto ranks = static_cast<std::uint64_t>(size_of(comm));
  const double length = std::log(far / t), v = noised_.variance();
  const auto blocks = (static_cast<std::uint64_t>(samples_) + block - 1) / block;
  std::array<double, block> g, h;
  Mean plain, controlled;
  for (std::uint64_t b = rank; b < blocks; b += ranks) {
    const std::uint64_t first = b * block;
    const std::uint64_t count = std::min(block, static_cast<std::uint64_t>(samples_) - first);
    standard_normals(with(key_, noise), first, std::span{g}.first(count));
    standard_normals(with(key_, spread), first, std::span{h}.first(count));
    for (std::uint64_t i = 0; i < count; ++i) {
      const double s = t * std::exp(length * uniform(with(key_, level), first + i));
      const double root = std::sqrt(s), z = draw(first + i, h[i]) + root * g[i];
      const double exact = g[i] + root * noised_.law(s).score(0, {z, 0, 0});
      const double normal = g[i] - root * (z - noised_.mean()) / (v + s);
      plain.add(length / 2 * exact * exact);
      controlled.add(length / 2 * (exact * exact - normal * normal));
    }
  }
  SampledIntegral found{plain.over(comm, samples_), controlled.over(comm, samples_)};
  found.controlled.value += normal_integral(t, far);
  return found;
}

}  // namespace feller
