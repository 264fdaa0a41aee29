#include "studies/score/score_ways.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "problems/processes/quadrature.hpp"
#include "studies/score/noised.hpp"

namespace feller {
namespace {

/// On the diagonals and axes, from the middle out to 3 standard deviations.
std::vector<Point> places(const NoiseLevel& level) {
  const Moments moments = level.law().moments();
  std::vector<Point> found;
  for (const double x : {-3.0, -2.0, -1.0, -0.5, 0.0, 0.3, 1.0, 2.0, 3.0}) {
    for (const double tilt : {1.0, 0.0, -0.7}) {
      Point z{};
      for (std::size_t a = 0; a < static_cast<std::size_t>(level.dimension()); ++a) {
        const double share = a == 0 ? 1 : tilt / static_cast<double>(a);
        z[a] = moments.mean[a] + share * x * std::sqrt(moments.covariance[a][a]);
      }
      found.push_back(z);
      if (level.dimension() == 1) break;
    }
  }
  return found;
}

double posterior_score(const Mixture& population, const NoiseLevel& level, int axis,
                       const Point& z) {
  const auto a = static_cast<std::size_t>(axis);
  const double mean = population.dimension() == 1
                          ? Noised{population}.posterior(level.t(), z[0]).mean
                          : level.posterior(z).mean[a];
  return (mean - z[a]) / level.t();
}

/// Width of the narrowest that ln p_t has along an axis: between two clusters the distance D apart
/// it bends over t/D.
double bend(const NoiseLevel& level, std::size_t axis) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const auto& component : level.law().components()) {
    low = std::min(low, component.along[axis].lower);
    high = std::max(high, component.along[axis].upper);
  }
  const double root = std::sqrt(level.t());
  return root * std::min(1.0, root / std::max(1e-300, high - low));
}

void add_means(const NoiseLevel& level, ScoreWays& ways) {
  const double t = level.t();
  double fisher = 0;
  for (int a = 0; a < level.dimension(); ++a) {
    double mean = 0, literal = 0;
    for (const auto& [z, weight] : level.nodes()) {
      const double s = level.law().score(a, z);
      const auto axis = static_cast<std::size_t>(a);
      mean += weight * s;
      literal += weight * (level.posterior(z).mean[axis] - z[axis]) / t;
      fisher += weight * s * s;
    }
    ways.mean = std::max(ways.mean, std::abs(mean) * std::sqrt(t));
    ways.literal = std::max(ways.literal, std::abs(literal) * std::sqrt(t));
  }
  double error = 0;
  for (const auto& [z, weight] : level.nodes()) {
    const Point variance = level.posterior(z).variance;
    error += weight * (variance[0] + variance[1] + variance[2]);
  }
  ways.fisher = std::abs(error / t - (level.dimension() - t * fisher));
}

}  // namespace

double score_by_quadrature(const Mixture& population, double t, double z) {
  const double log_p = NoiseLevel{population, t}.law().log_density({z, 0, 0});
  std::vector<double> cuts;
  double sum = 0;
  for (const auto& [weight, along] : population.components()) {
    const Spread& spread = along[0];
    if (spread.normal() && spread.sd == 0) {
      const Spread seen{spread.lower, spread.lower, std::sqrt(t)};
      sum += weight * std::exp(seen.log_density(z) - log_p) * (spread.lower - z) / t;
    } else {
      std::ranges::copy(spread.breaks(), std::back_inserter(cuts));
    }
  }
  if (cuts.empty()) return sum;
  const auto [low, high] = std::ranges::minmax(cuts);
  for (const double k : {-9.0, -6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0, 9.0}) {
    cuts.push_back(std::clamp(z + k * std::sqrt(t), low, high));
  }
  const Spread noise{z, z, std::sqrt(t)};
  return sum + integral(
                   [&](double y) {
                     double p = 0;  // of what has a density
                     for (const auto& [weight, along] : population.components()) {
                       if (along[0].normal() && along[0].sd == 0) continue;
                       p += weight * along[0].density(y);
                     }
                     return p * std::exp(noise.log_density(y) - log_p) * (y - z) / t;
                   },
                   cuts);
}

double score_by_differences(const NoiseLevel& level, int axis, const Point& z) {
  constexpr std::array weights{4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280};
  const auto a = static_cast<std::size_t>(axis);
  const double h = 0.05 * bend(level, a);
  double sum = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    Point right = z, left = z;
    right[a] += static_cast<double>(k + 1) * h;
    left[a] -= static_cast<double>(k + 1) * h;
    sum += weights[k] * (level.law().log_density(right) - level.law().log_density(left));
  }
  return sum / h;
}

ScoreWays compare_scores(const Mixture& population, double t) {
  const NoiseLevel level{population, t};
  const double root = std::sqrt(t);
  ScoreWays ways;
  for (const Point& z : places(level)) {
    for (int a = 0; a < level.dimension(); ++a) {
      const double s = level.law().score(a, z), size = 1 / root + std::abs(s);
      const auto apart = [&](double other) { return std::abs(other - s) / size; };
      ways.by_posterior =
          std::max(ways.by_posterior, apart(posterior_score(population, level, a, z)));
      ways.by_differences = std::max(ways.by_differences, apart(score_by_differences(level, a, z)));
      if (level.dimension() == 1) {
        ways.by_quadrature =
            std::max(ways.by_quadrature, apart(score_by_quadrature(population, t, z[0])));
      }
      ways.furthest = std::max(ways.furthest, std::abs(s) * root);
    }
  }
  add_means(level, ways);
  return ways;
}

}  // namespace feller
