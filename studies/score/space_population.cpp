#include "studies/score/space_population.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "discretisation/uniform.hpp"

namespace feller {
namespace {

/// The entry of a list of shares, of the sum 1, that u in (0, 1) falls on.
template <class Share>
std::size_t chosen(double u, std::size_t count, Share&& share) {
  for (std::size_t k = 0; k + 1 < count; ++k) {
    if ((u -= share(k)) < 0) return k;
  }
  return count - 1;
}

double square(double x) {
  return x * x;
}

}  // namespace

NoiseKey with(NoiseKey key, Draw purpose) {
  key.step = static_cast<std::uint32_t>(purpose);
  return key;
}

double SpacePopulation::total_variance() const {
  double sum = 0;
  for (const double v : variances_) sum += v;
  return sum;
}

double SpacePopulation::normal_information(double t) const {
  double sum = 0;
  for (const double v : variances_) sum += std::log1p(v / t) / 2;
  return sum;
}

NoisyMixture::NoisyMixture(Mixture population) : population_{std::move(population)} {
  const Moments moments = population_.moments();
  for (std::size_t a = 0; a < static_cast<std::size_t>(population_.dimension()); ++a) {
    mean_.push_back(moments.mean[a]);
    variances_.push_back(moments.covariance[a][a]);
  }
}

Mixture NoisyMixture::law(double t) const {
  auto components = population_.components();
  for (auto& component : components) {
    for (auto& spread : component.along) spread.sd = std::hypot(spread.sd, std::sqrt(t));
  }
  return {population_.dimension(), std::move(components)};
}

void NoisyMixture::draw(const NoiseKey& key, std::uint64_t first, std::span<double> y) const {
  const std::size_t n = dimension(), count = y.size() / n;
  const auto& components = population_.components();
  standard_normals(with(key, Draw::spread), first * n, y);
  for (std::size_t p = 0; p < count; ++p) {
    const std::size_t k = chosen(uniform(with(key, Draw::component), first + p), components.size(),
                                 [&](std::size_t i) { return components[i].weight; });
    for (std::size_t a = 0; a < n; ++a) {
      const Spread& spread = components[k].along[a];
      const double u = spread.normal() ? 0 : uniform(with(key, Draw::within), (first + p) * n + a);
      double& value = y[a * count + p];
      value = spread.lower + u * (spread.upper - spread.lower) + spread.sd * value;
    }
  }
}

void NoisyMixture::score(double t, std::span<const double> z, std::span<double> s) {
  const std::size_t n = dimension(), count = z.size() / n;
  const Mixture seen = law(t);
  for (std::size_t p = 0; p < count; ++p) {
    Point x{};
    for (std::size_t a = 0; a < n; ++a) x[a] = z[a * count + p];
    for (std::size_t a = 0; a < n; ++a) s[a * count + p] = seen.score(static_cast<int>(a), x);
  }
}

double NoisyMixture::log_ratio(double t, std::span<const double> y,
                               std::span<const double> z) const {
  Point x{};
  double log_kernel = 0;
  for (std::size_t a = 0; a < dimension(); ++a) {
    x[a] = z[a];
    log_kernel -= square(z[a] - y[a]) / (2 * t) + std::log(2 * std::numbers::pi * t) / 2;
  }
  return law(t).log_density(x) - log_kernel;
}

double NoisyMixture::fourth_moment() const {
  // E(sum_a x_a^2)^2 with independent axes in a component: sum_a (E x_a^4 - (E x_a^2)^2) + square.
  double sum = 0;
  for (const auto& [weight, along] : population_.components()) {
    double fourth = 0, second = 0;
    for (std::size_t a = 0; a < dimension(); ++a) {
      const double v = along[a].variance(), d = along[a].mean() - mean_[a];
      const double own = 3 * v * v - std::pow(along[a].upper - along[a].lower, 4) / 120;
      fourth += own + 6 * v * d * d + std::pow(d, 4) - square(v + d * d);
      second += v + d * d;
    }
    sum += weight * (fourth + second * second);
  }
  return sum;
}

NoisyPoints::NoisyPoints(Clusters points)
    : score_{std::move(points)}, shares_{score_.clusters().shares()} {
  const Clusters& all = score_.clusters();
  if (std::ranges::any_of(all.variances, [](double v) { return v != 0; })) {
    throw std::invalid_argument("points must be clusters without width");
  }
  mean_ = all.mean();
  variances_.assign(all.dimension, 0);
  for (std::size_t k = 0; k < all.size(); ++k) {
    for (std::size_t a = 0; a < all.dimension; ++a) {
      variances_[a] += shares_[k] * square(all.means[k * all.dimension + a] - mean_[a]);
    }
  }
}

void NoisyPoints::draw(const NoiseKey& key, std::uint64_t first, std::span<double> y) const {
  const std::size_t n = dimension(), count = y.size() / n;
  for (std::size_t p = 0; p < count; ++p) {
    const std::size_t k = chosen(uniform(with(key, Draw::component), first + p), shares_.size(),
                                 [&](std::size_t i) { return shares_[i]; });
    for (std::size_t a = 0; a < n; ++a) y[a * count + p] = points().means[k * n + a];
  }
}

void NoisyPoints::score(double t, std::span<const double> z, std::span<double> s) {
  score_(t, z, s);
}

double NoisyPoints::log_ratio(double t, std::span<const double> y,
                              std::span<const double> z) const {
  // ln sum_k P_k exp(-(|z - m_k|^2 - |z - y|^2)/2t), the difference as (y - m_k)(2z - y - m_k).
  const std::size_t n = dimension();
  std::vector<double> logs;
  for (std::size_t k = 0; k < shares_.size(); ++k) {
    double further = 0;
    for (std::size_t a = 0; a < n; ++a) {
      const double apart = y[a] - points().means[k * n + a];
      further += apart * (2 * (z[a] - y[a]) + apart);
    }
    logs.push_back(std::log(shares_[k]) - further / (2 * t));
  }
  const double largest = *std::ranges::max_element(logs);
  double sum = 0;
  for (const double value : logs) sum += std::exp(value - largest);
  return largest + std::log(sum);
}

double NoisyPoints::fourth_moment() const {
  double sum = 0;
  for (std::size_t k = 0; k < shares_.size(); ++k) {
    double squares = 0;
    for (std::size_t a = 0; a < dimension(); ++a) {
      squares += square(points().means[k * dimension() + a] - mean_[a]);
    }
    sum += shares_[k] * squares * squares;
  }
  return sum;
}

}  // namespace feller
