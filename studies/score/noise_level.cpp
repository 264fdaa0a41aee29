#include "studies/score/noise_level.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace feller {
namespace {

struct Line {
  std::vector<double> z, weight;
};

/// Where a component lies along an axis.
Line line_nodes(const Spread& spread, int per_deviation) {
  const double from = spread.lower - 9 * spread.sd, to = spread.upper + 9 * spread.sd;
  const auto steps = static_cast<int>(std::ceil((to - from) / spread.sd * per_deviation));
  const double h = (to - from) / steps;
  Line line;
  double sum = 0;
  for (int i = 0; i <= steps; ++i) {
    line.z.push_back(from + i * h);
    line.weight.push_back(spread.density(line.z.back()));
    sum += line.weight.back();
  }
  for (double& weight : line.weight) weight /= sum;
  return line;
}

/// Mean and variance of y in one component, along one axis.
std::array<double, 2> component_posterior(const Spread& own, const Spread& seen, double t,
                                          double z) {
  if (own.normal()) {
    const double v = own.sd * own.sd;
    return {(v * z + t * own.mean()) / (v + t), v * t / (v + t)};
  }
  // Var = t + t^2 (ln p)''; the error h^2/6 of the difference is 1e-10 of t.
  const double h = 2e-5 * std::sqrt(t);
  const double bend = (seen.log_slope(z + h) - seen.log_slope(z - h)) / (2 * h);
  return {z + t * seen.log_slope(z), t + t * t * bend};
}

}  // namespace

NoiseLevel::NoiseLevel(const Mixture& population, double t)
    : population_{population}, law_{blurred(population, 1, t)}, t_{t} {}

Posterior NoiseLevel::posterior(const Point& z) const {
  const double log_p = law_.log_density(z);
  const auto n = static_cast<std::size_t>(dimension());
  Posterior found;
  Point squares{};
  for (std::size_t k = 0; k < law_.components().size(); ++k) {
    const auto& [weight, seen] = law_.components()[k];
    double log_share = std::log(weight) - log_p;
    for (std::size_t a = 0; a < n; ++a) log_share += seen[a].log_density(z[a]);
    const double share = std::exp(log_share);
    if (share == 0) continue;
    for (std::size_t a = 0; a < n; ++a) {
      const auto [mean, variance] =
          component_posterior(population_.components()[k].along[a], seen[a], t_, z[a]);
      found.mean[a] += share * mean;
      found.variance[a] += share * variance;
      squares[a] += share * mean * mean;
    }
  }
  for (std::size_t a = 0; a < n; ++a) {
    found.variance[a] += std::max(0.0, squares[a] - found.mean[a] * found.mean[a]);
  }
  return found;
}

std::vector<Node> NoiseLevel::nodes_of(std::size_t component) const {
  constexpr std::array per_deviation{8, 4, 2};
  std::array<Line, 3> lines;
  for (std::size_t a = 0; a < 3; ++a) {
    if (a < static_cast<std::size_t>(dimension())) {
      lines[a] = line_nodes(law_.components()[component].along[a],
                            per_deviation[static_cast<std::size_t>(dimension()) - 1]);
    } else {
      lines[a] = {{0}, {1}};
    }
  }
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < lines[0].z.size(); ++i) {
    for (std::size_t j = 0; j < lines[1].z.size(); ++j) {
      for (std::size_t k = 0; k < lines[2].z.size(); ++k) {
        const double weight = lines[0].weight[i] * lines[1].weight[j] * lines[2].weight[k];
        // All that is left out adds up to less than 1e-16.
        if (weight < 1e-23) continue;
        nodes.push_back({{lines[0].z[i], lines[1].z[j], lines[2].z[k]}, weight});
      }
    }
  }
  return nodes;
}

std::vector<Node> NoiseLevel::nodes() const {
  std::vector<Node> all;
  for (std::size_t k = 0; k < law_.components().size(); ++k) {
    for (Node node : nodes_of(k)) {
      node.weight *= law_.components()[k].weight;
      all.push_back(node);
    }
  }
  return all;
}

}  // namespace feller
