#include "studies/score/best_fit.hpp"

#include <cmath>

#include "solvers/least_squares.hpp"

namespace feller {
namespace {

using Column = std::vector<double>;

double product(const Column& a, const Column& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Features times the root of the weight, one column a feature.
std::vector<Column> weighted(const Features& features, double t, const std::vector<Node>& nodes) {
  const auto count = static_cast<std::size_t>(features.size());
  std::vector<Column> columns(count, Column(nodes.size()));
  std::vector<double> values(count);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    features(t, nodes[i].z, values);
    const double root = std::sqrt(nodes[i].weight);
    for (std::size_t k = 0; k < count; ++k) columns[k][i] = root * values[k];
  }
  return columns;
}

/// Gram and Schmidt's way, each twice. Columns that are sums of others become 0.
void make_orthonormal(std::vector<Column>& columns) {
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const double before = std::sqrt(product(columns[k], columns[k]));
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t j = 0; j < k; ++j) {
        const double part = product(columns[j], columns[k]);
        for (std::size_t i = 0; i < columns[k].size(); ++i) columns[k][i] -= part * columns[j][i];
      }
    }
    const double size = std::sqrt(product(columns[k], columns[k]));
    const double scale = size > 1e-12 * before ? 1 / size : 0;
    for (double& value : columns[k]) value *= scale;
  }
}

double frobenius(const std::vector<Column>& q, const Column& noise) {
  double sum = 0;
  Column scaled(noise.size());
  for (std::size_t k = 0; k < q.size(); ++k) {
    for (std::size_t i = 0; i < noise.size(); ++i) scaled[i] = noise[i] * q[k][i];
    for (std::size_t j = 0; j <= k; ++j) {
      const double entry = product(scaled, q[j]);
      sum += (j < k ? 2 : 1) * entry * entry;
    }
  }
  return std::sqrt(sum);
}

std::vector<double> spectrum(const Features& features, double t, const std::vector<Node>& nodes) {
  std::vector<double> matrix;
  for (const auto& column : weighted(features, t, nodes)) {
    matrix.insert(matrix.end(), column.begin(), column.end());
  }
  return singular_values(std::move(matrix), static_cast<int>(nodes.size()), features.size());
}

}  // namespace

BestFit::BestFit(const Features& features, const NoiseLevel& level) {
  const auto nodes = level.nodes();
  auto q = weighted(features, level.t(), nodes);
  make_orthonormal(q);
  std::vector<Posterior> posteriors;
  for (const auto& node : nodes) posteriors.push_back(level.posterior(node.z));
  Column leverage(nodes.size());
  for (const auto& column : q) {
    for (std::size_t i = 0; i < nodes.size(); ++i) leverage[i] += column[i] * column[i];
  }
  for (std::size_t a = 0; a < static_cast<std::size_t>(level.dimension()); ++a) {
    Column left(nodes.size()), noise(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      left[i] = std::sqrt(nodes[i].weight) * posteriors[i].mean[a];
    }
    for (const auto& column : q) {
      const double part = product(column, left);
      for (std::size_t i = 0; i < nodes.size(); ++i) left[i] -= part * column[i];
    }
    approximation_ += product(left, left);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      noise[i] = posteriors[i].variance[a] + left[i] * left[i] / nodes[i].weight;
    }
    trace_ += product(leverage, noise);
    frobenius_ += frobenius(q, noise);
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    leverage_ += leverage[i] * leverage[i] / nodes[i].weight / features.size();
  }
}

double BestFit::estimation_bound(double samples) const {
  constexpr double x = 10;
  return (trace_ + 2 * frobenius_ * (std::sqrt(x) + x)) / samples;
}

double BestFit::neglected(double samples) const {
  return leverage_ / samples;
}

double feature_condition(const Features& features, const NoiseLevel& level) {
  return condition(spectrum(features, level.t(), level.nodes()));
}

double condition_bound(const Features& features, const NoiseLevel& level) {
  double least = 0, largest = 0;
  const auto& components = level.law().components();
  for (std::size_t k = 0; k < components.size(); ++k) {
    const auto values = spectrum(features, level.t(), level.nodes_of(k));
    largest += components[k].weight * values.front() * values.front();
    least += components[k].weight * values.back() * values.back();
  }
  return std::sqrt(largest / least);
}

}  // namespace feller
