#include "studies/score/learned_denoiser.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace feller {
namespace {

double squared_distance(const Point& a, const Point& b) {
  return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
         (a[2] - b[2]) * (a[2] - b[2]);
}

/// One row a sample, column by column.
std::vector<double> matrix_of(const Features& features, const std::vector<NoisySample>& samples) {
  const std::size_t rows = samples.size(), columns = static_cast<std::size_t>(features.size());
  std::vector<double> matrix(rows * columns), values(columns);
  for (std::size_t i = 0; i < rows; ++i) {
    features(samples[i].t, samples[i].z, values);
    for (std::size_t k = 0; k < columns; ++k) matrix[k * rows + i] = values[k];
  }
  return matrix;
}

LeastSquares system_of(const Features& features, const std::vector<NoisySample>& samples,
                       MPI_Comm comm) {
  return {comm, static_cast<int>(samples.size()), features.size(), matrix_of(features, samples)};
}

}  // namespace

Point data_of(const NoisySample& sample) {
  return sample.y;
}

Point score_data_of(const NoisySample& sample) {
  const double root = -1 / std::sqrt(sample.t);
  return {root * sample.eps[0], root * sample.eps[1], root * sample.eps[2]};
}

LearnedDenoiser::LearnedDenoiser(Features features, const std::vector<NoisySample>& samples,
                                 MPI_Comm comm, const Target& target)
    : features_{std::move(features)} {
  const LeastSquares system = system_of(features_, samples, comm);
  std::vector<double> b(samples.size());
  for (std::size_t a = 0; a < static_cast<std::size_t>(features_.dimension()); ++a) {
    std::ranges::transform(samples, b.begin(), [&](const auto& each) { return target(each)[a]; });
    fits_.push_back(system.solve(b));
  }
}

Point LearnedDenoiser::operator()(double t, const Point& z) const {
  std::vector<double> values(static_cast<std::size_t>(features_.size()));
  features_(t, z, values);
  Point sum{};
  for (std::size_t a = 0; a < fits_.size(); ++a) {
    for (std::size_t k = 0; k < values.size(); ++k) sum[a] += fits_[a].coefficients[k] * values[k];
  }
  return sum;
}

std::function<Point(const Point& z)> LearnedDenoiser::at(double t) const {
  const auto of_time = features_.in_time(t);
  const std::size_t times = of_time.size();
  const std::size_t count = static_cast<std::size_t>(features_.size()) / times;
  std::vector<std::vector<double>> sums(fits_.size(), std::vector<double>(count));
  for (std::size_t a = 0; a < fits_.size(); ++a) {
    for (std::size_t k = 0; k < count * times; ++k) {
      sums[a][k / times] += fits_[a].coefficients[k] * of_time[k % times];
    }
  }
  return [sums, t, features = features_.of_one_level(),
          values = std::vector<double>(count)](const Point& z) mutable {
    features(t, z, values);
    Point found{};
    for (std::size_t a = 0; a < sums.size(); ++a) {
      for (std::size_t k = 0; k < values.size(); ++k) found[a] += sums[a][k] * values[k];
    }
    return found;
  };
}

int LearnedDenoiser::iterations() const {
  return std::ranges::max_element(fits_, {}, &LeastSquares::Fit::iterations)->iterations;
}

double LearnedDenoiser::orthogonality() const {
  return std::ranges::max_element(fits_, {}, &LeastSquares::Fit::orthogonality)->orthogonality;
}

double LearnedDenoiser::residual() const {
  double squares = 0;
  for (const auto& fit : fits_) squares += fit.residual * fit.residual;
  return std::sqrt(squares);
}

double sampled_condition(const Features& features, const std::vector<NoisySample>& samples,
                         MPI_Comm comm) {
  return condition(system_of(features, samples, comm).singular_values());
}

double Excess::standard_error(std::int64_t samples) const {
  return std::sqrt(std::max(0.0, square - value * value) / static_cast<double>(samples));
}

Excess excess_risk(const LearnedDenoiser& learned, const NoiseLevel& level) {
  Excess excess;
  for (const auto& [z, weight] : level.nodes()) {
    const auto [mean, variance] = level.posterior(z);
    const double apart = squared_distance(learned(level.t(), z), mean);
    excess.value += weight * apart;
    excess.square += weight * apart * (apart + 4 * (variance[0] + variance[1] + variance[2]));
  }
  return excess;
}

double mmse(const NoiseLevel& level) {
  double sum = 0;
  for (const auto& [z, weight] : level.nodes()) {
    const Point variance = level.posterior(z).variance;
    sum += weight * (variance[0] + variance[1] + variance[2]);
  }
  return sum;
}

double sampled_excess(const LearnedDenoiser& learned, const Mixture& population,
                      const std::vector<NoisySample>& samples, MPI_Comm comm) {
  long double total = 0;
  std::optional<NoiseLevel> level;
  for (const auto& [t, y, eps, z] : samples) {
    if (!level || level->t() != t) level.emplace(population, t);
    total += squared_distance(learned(t, z), y) - squared_distance(level->posterior(z).mean, y);
  }
  const auto count = static_cast<long double>(samples.size());
  return static_cast<double>(sum(comm, total) / sum(comm, count));
}

}  // namespace feller
