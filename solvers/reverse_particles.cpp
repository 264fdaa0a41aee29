#include "solvers/reverse_particles.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "discretisation/noise.hpp"
#include "discretisation/uniform.hpp"

namespace feller {
namespace {

/// Streams of the noise: what a particle starts from, and what moves it.
constexpr std::uint32_t of_start = 0, of_path = 1;

}  // namespace

ReverseMotion reverse_motion(double lambda) {
  return {.drift = (1 + lambda) / 2, .noise = std::sqrt(lambda)};
}

ReverseMotion printed_motion(double lambda) {
  return {.drift = (1 + lambda) / 2, .noise = lambda};
}

ReverseScheme reverse_scheme(const std::string& name) {
  if (name == "euler_maruyama") return ReverseScheme::euler_maruyama;
  if (name == "heun") return ReverseScheme::heun;
  throw std::invalid_argument("no scheme of the name " + name);
}

int order(ReverseScheme scheme) {
  return scheme == ReverseScheme::heun ? 2 : 1;
}

ReverseParticles::ReverseParticles(Clusters clusters, std::uint64_t seed)
    : score_{std::move(clusters)}, seed_{seed} {
  double sum = 0;
  for (const double share : score_.clusters().shares()) cumulated_.push_back(sum += share);
}

std::vector<double> ReverseParticles::start_normal(double T, std::uint64_t first,
                                                   std::size_t count) const {
  std::vector<double> z(count * clusters().dimension);
  standard_normals({.seed = seed_, .stream = of_start}, first * clusters().dimension, z);
  for (double& value : z) value *= std::sqrt(T);
  return z;
}

std::vector<double> ReverseParticles::start_exact(double T, std::uint64_t first,
                                                  std::size_t count) const {
  auto z = start_normal(1, first, count);
  const Clusters& all = clusters();
  for (std::size_t p = 0; p < count; ++p) {
    const double u = uniform({.seed = seed_, .stream = of_start}, first + p);
    const auto found = std::ranges::upper_bound(cumulated_, u) - cumulated_.begin();
    const auto k = std::min(static_cast<std::size_t>(found), all.size() - 1);
    const double sd = std::sqrt(all.variances[k] + T);
    for (std::size_t a = 0; a < all.dimension; ++a) {
      double& value = z[a * count + p];
      value = all.means[k * all.dimension + a] + sd * value;
    }
  }
  return z;
}

/// noise_ becomes the increment of W over the fine steps begin .. end, times the amplitude.
void ReverseParticles::draw(std::uint64_t first, const Times& times, std::size_t begin,
                            std::size_t end, double amplitude) {
  for (std::size_t i = begin; i < end; ++i) {
    const NoiseKey key{.seed = seed_, .stream = of_path, .step = static_cast<std::uint32_t>(i)};
    const double root = amplitude * std::sqrt(times[i] - times[i + 1]);
    std::vector<double>& normals = i == begin ? noise_ : fresh_;
    standard_normals(key, first * clusters().dimension, normals);
    if (i == begin) {
      for (double& value : noise_) value *= root;
    } else {
      for (std::size_t j = 0; j < noise_.size(); ++j) noise_[j] += root * fresh_[j];
    }
  }
}

void ReverseParticles::carry(std::vector<double>& z, std::uint64_t first, const Times& times,
                             std::size_t stride, const ReverseMotion& motion, ReverseScheme scheme,
                             const AfterStep& after) {
  const std::size_t size = z.size();
  for (auto* scratch : {&slope_, &second_, &predicted_, &fresh_}) scratch->resize(size);
  noise_.assign(size, 0);
  for (std::size_t i = 0; i + 1 < times.size(); i += stride) {
    const std::size_t next = std::min(i + stride, times.size() - 1);
    const double pull = motion.drift * (times[i] - times[next]);
    if (motion.noise > 0) draw(first, times, i, next, motion.noise);
    score_(times[i], z, slope_);
    if (scheme == ReverseScheme::euler_maruyama) {
      for (std::size_t j = 0; j < size; ++j) z[j] += pull * slope_[j] + noise_[j];
    } else {
      for (std::size_t j = 0; j < size; ++j) predicted_[j] = z[j] + pull * slope_[j] + noise_[j];
      score_(times[next], predicted_, second_);
      for (std::size_t j = 0; j < size; ++j) {
        z[j] += pull * (slope_[j] + second_[j]) / 2 + noise_[j];
      }
    }
    if (after) after(next, times[next], z);
  }
}

}  // namespace feller
