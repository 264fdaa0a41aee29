#include "studies/score/discrete_law.hpp"

#include <algorithm>
#include <cmath>

namespace feller {

DiscreteLaw::DiscreteLaw(Clusters points) : points_{std::move(points)}, shares_{points_.shares()} {
  const std::size_t n = points_.dimension;
  for (std::size_t j = 0; j < size(); ++j) {
    for (std::size_t k = 0; k < size(); ++k) {
      double sum = 0;
      for (std::size_t a = 0; a < n; ++a) {
        sum += std::pow(points_.means[j * n + a] - points_.means[k * n + a], 2);
      }
      squares_.push_back(sum);
    }
  }
}

std::optional<std::size_t> DiscreteLaw::at(const std::vector<double>& y) const {
  for (std::size_t k = 0; k < size(); ++k) {
    const auto place = points_.means.begin() + static_cast<std::ptrdiff_t>(k * y.size());
    if (std::equal(y.begin(), y.end(), place)) return k;
  }
  return std::nullopt;
}

double DiscreteLaw::surprise(std::size_t k) const {
  double sum = 0;
  for (std::size_t j = 0; j < size(); ++j) {
    if (square(j, k) == 0) sum += shares_[j];
  }
  return -std::log(sum);
}

double DiscreteLaw::entropy() const {
  double sum = 0;
  for (std::size_t k = 0; k < size(); ++k) sum += shares_[k] * surprise(k);
  return sum;
}

double DiscreteLaw::left_bound(std::size_t k, double t) const {
  double sum = 0;
  for (std::size_t j = 0; j < size(); ++j) {
    if (square(j, k) == 0) continue;
    sum += std::sqrt(shares_[j] / shares_[k]) * std::exp(-square(j, k) / (8 * t));
  }
  return sum;
}

double DiscreteLaw::left_bound(double t) const {
  double sum = 0;
  for (std::size_t k = 0; k < size(); ++k) sum += shares_[k] * left_bound(k, t);
  return sum;
}

double DiscreteLaw::square_to(const std::vector<double>& y, std::size_t k) const {
  double sum = 0;
  for (std::size_t a = 0; a < y.size(); ++a) {
    sum += std::pow(y[a] - points_.means[k * y.size() + a], 2);
  }
  return sum;
}

double DiscreteLaw::distance(const std::vector<double>& y) const {
  double least = HUGE_VAL;
  for (std::size_t k = 0; k < size(); ++k) least = std::min(least, square_to(y, k));
  return std::sqrt(least);
}

DiscreteLaw::Between DiscreteLaw::outside(const std::vector<double>& y, double t) const {
  std::vector<double> distances, log_weights;
  for (std::size_t k = 0; k < size(); ++k) {
    distances.push_back(square_to(y, k));
    log_weights.push_back(std::log(shares_[k]) - distances[k] / (2 * t));
  }
  const auto best = std::ranges::max_element(log_weights) - log_weights.begin();
  const auto nearest = static_cast<std::size_t>(best);
  double slack = 0;
  for (std::size_t j = 0; j < size(); ++j) {
    if (j == nearest) continue;
    const double further = distances[j] - distances[nearest], apart = square(j, nearest);
    const double c = apart > 0 ? std::clamp(further / (2 * apart), 0.01, 1.0) : 1;
    slack += std::pow(shares_[j] / shares_[nearest], c) / c *
             std::exp((c * c * apart - c * further) / (2 * t));
  }
  return {-log_weights[nearest] - slack, -log_weights[nearest]};
}

std::optional<Clusters> points_of(const Mixture& population) {
  Clusters points{.dimension = static_cast<std::size_t>(population.dimension()),
                  .weights = {},
                  .means = {},
                  .variances = {}};
  for (const auto& [weight, along] : population.components()) {
    points.weights.push_back(weight);
    points.variances.push_back(0);
    for (std::size_t a = 0; a < points.dimension; ++a) {
      if (!along[a].normal() || along[a].sd > 0) return std::nullopt;
      points.means.push_back(along[a].lower);
    }
  }
  return points;
}

}  // namespace feller
