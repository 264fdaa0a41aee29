#include "studies/operators/path_moments.hpp"

#include <cmath>

#include "discretisation/noise.hpp"

namespace feller {

double PathMoments::deviation(int k, double value) const {
  const auto i = static_cast<std::size_t>(k - 1);
  return std::abs(estimate[i] - value) / error[i];
}

double paths_to_tell(const OrnsteinUhlenbeckTransition& transition, double x, double h,
                     double errors) {
  const double bias = transition.moment(1, x, h) - transition.limit(1, x);
  return errors * errors * transition.spread(1, x, h) / (bias * bias);
}

PathMoments path_moments(MPI_Comm comm, const OrnsteinUhlenbeckTransition& transition, double x,
                         double h, std::int64_t paths, std::uint64_t seed, std::uint32_t rung) {
  const std::int64_t ranks = size_of(comm), rank = rank_of(comm);
  const NoiseKey key{.seed = seed, .stream = rung};
  long double first = 0, second = 0;
  for (std::int64_t j = paths * rank / ranks; j < paths * (rank + 1) / ranks; ++j) {
    const double normal = standard_normal(key, static_cast<std::uint64_t>(j));
    const double step = transition.sample(x, h, normal) - x;
    first += step;
    second += step * step;
  }
  PathMoments moments{.h = h};
  const double scale = 1 / (static_cast<double>(paths) * h);
  moments.estimate = {static_cast<double>(sum(comm, first)) * scale,
                      static_cast<double>(sum(comm, second)) * scale};
  for (int k = 1; k <= 2; ++k) {
    const auto i = static_cast<std::size_t>(k - 1);
    moments.exact[i] = transition.moment(k, x, h);
    moments.limit[i] = transition.limit(k, x);
    moments.error[i] = std::sqrt(transition.spread(k, x, h) / static_cast<double>(paths));
  }
  return moments;
}

}  // namespace feller
