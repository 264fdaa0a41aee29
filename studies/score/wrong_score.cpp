#include "studies/score/wrong_score.hpp"

#include <algorithm>
#include <cmath>

#include "discretisation/noise.hpp"

namespace feller {
namespace {

double share(double lambda) {
  return (1 + lambda) / 2;
}

/// Particles that are moved together: they fit into the cache.
constexpr std::int64_t batch = 4096;

}  // namespace

double WrongScore::shift(double lambda) const {
  const double g = share(lambda) - 1, log_ratio = std::log((variance + last) / end_variance());
  // (1 - e^(-g L)) / g, also where g is 0.
  const double reach = g == 0 ? log_ratio : -std::expm1(-g * log_ratio) / g;
  return share(lambda) * error * end_variance() * reach;
}

double WrongScore::divergence(double lambda) const {
  return shift(lambda) * shift(lambda) / (2 * end_variance());
}

double WrongScore::path_divergence(double lambda) const {
  return share(lambda) * share(lambda) / (2 * lambda) * error * error * (last - first);
}

Times WrongScore::times(int steps) const {
  Times grid = log_times(end_variance(), variance + last, steps);
  for (double& t : grid) t -= variance;
  grid.front() = first;
  grid.back() = last;
  return grid;
}

WrongScore::MeanVariance WrongScore::by_equations(double lambda, int steps) const {
  // By s = -ln a:  m' = g (b a - m),  V' = -2 g V + lambda a.
  const double g = share(lambda), end = -std::log(end_variance());
  double s = -std::log(variance + last);
  const double h = (end - s) / steps;
  MeanVariance now{0, variance + last};
  const auto slope = [&](double at, const MeanVariance& x) {
    const double a = std::exp(-at);
    return MeanVariance{g * (error * a - x.mean), -2 * g * x.variance + lambda * a};
  };
  const auto moved = [&](const MeanVariance& d, double by) {
    return MeanVariance{now.mean + by * d.mean, now.variance + by * d.variance};
  };
  for (int n = 0; n < steps; ++n, s += h) {
    const auto s1 = slope(s, now), s2 = slope(s + h / 2, moved(s1, h / 2));
    const auto s3 = slope(s + h / 2, moved(s2, h / 2)), s4 = slope(s + h, moved(s3, h));
    now.mean += h / 6 * (s1.mean + 2 * s2.mean + 2 * s3.mean + s4.mean);
    now.variance += h / 6 * (s1.variance + 2 * s2.variance + 2 * s3.variance + s4.variance);
  }
  return now;
}

WrongScore::MeanVariance WrongScore::by_steps(double lambda, const Times& times) const {
  MeanVariance now{0, variance + last};
  for (std::size_t k = times.size() - 1; k > 0; --k) {
    const double h = times[k] - times[k - 1], kept = 1 - share(lambda) * h / (variance + times[k]);
    now.mean = kept * now.mean + share(lambda) * h * error;
    now.variance = kept * kept * now.variance + lambda * h;
  }
  return now;
}

WrongScore::MeanVariance reverse_particles(MPI_Comm comm, const WrongScore& model, double lambda,
                                           const Times& times, std::int64_t particles,
                                           std::uint64_t seed, std::uint32_t stream) {
  const std::int64_t ranks = size_of(comm), rank = rank_of(comm);
  const std::int64_t first = particles * rank / ranks, last = particles * (rank + 1) / ranks;
  long double sum_one = 0, sum_two = 0;
  for (std::int64_t from = first; from < last; from += batch) {
    const auto start = static_cast<std::uint64_t>(from);
    std::vector<double> z(static_cast<std::size_t>(std::min(batch, last - from))), noise(z.size());
    NoiseKey key{.seed = seed, .stream = stream};
    standard_normals(key, start, z);
    for (double& value : z) value *= std::sqrt(model.variance + model.last);
    for (std::size_t k = times.size() - 1; k > 0; --k) {
      key.step = static_cast<std::uint32_t>(times.size() - k);
      standard_normals(key, start, noise);
      const double h = times[k] - times[k - 1], a = model.variance + times[k];
      const double drift = share(lambda) * h, spread = std::sqrt(lambda * h);
      for (std::size_t j = 0; j < z.size(); ++j) {
        z[j] += drift * (model.error - z[j] / a) + spread * noise[j];
      }
    }
    for (const double value : z) {
      sum_one += value;
      sum_two += value * value;
    }
  }
  const auto all = static_cast<long double>(particles);
  const long double mean = sum(comm, sum_one) / all;
  const long double square = sum(comm, sum_two) / all;
  return {static_cast<double>(mean), static_cast<double>(square - mean * mean)};
}

}  // namespace feller
