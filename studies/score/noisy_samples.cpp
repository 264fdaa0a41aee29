#include "studies/score/noisy_samples.hpp"

#include <cmath>

#include "discretisation/uniform.hpp"

namespace feller {
namespace {

/// Steps of the key: what a number is drawn for.
enum Purpose : std::uint32_t { component, within, level, spread, noise };

class Drawer {
 public:
  Drawer(const Mixture& population, const SamplePlan& plan)
      : population_{population}, plan_{plan} {}

  NoiseKey key(Purpose purpose, std::size_t axis = 0) const {
    return {.seed = plan_.seed,
            .stream = plan_.stream,
            .step = purpose,
            .channel = static_cast<std::uint16_t>(axis)};
  }
  const Component& component_of(std::uint64_t number) const {
    double left = uniform(key(component), number);
    for (const auto& each : population_.components()) {
      if ((left -= each.weight) < 0) return each;
    }
    return population_.components().back();
  }
  double level_of(std::uint64_t number) const {
    if (plan_.first == plan_.last) return plan_.first;
    return plan_.first * std::pow(plan_.last / plan_.first, uniform(key(level), number));
  }

 private:
  const Mixture& population_;
  const SamplePlan& plan_;
};

}  // namespace

std::vector<NoisySample> draw(const Mixture& population, const SamplePlan& plan, MPI_Comm comm) {
  const std::int64_t rank = rank_of(comm), ranks = size_of(comm);
  const auto begin = static_cast<std::uint64_t>(plan.count * rank / ranks);
  const auto end = static_cast<std::uint64_t>(plan.count * (rank + 1) / ranks);
  const Drawer drawer{population, plan};
  std::vector<NoisySample> samples(end - begin);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].t = drawer.level_of(begin + i);
  std::vector<double> within_y(samples.size()), eps(samples.size());
  for (std::size_t a = 0; a < static_cast<std::size_t>(population.dimension()); ++a) {
    standard_normals(drawer.key(spread, a), begin, within_y);
    standard_normals(drawer.key(noise, a), begin, eps);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      NoisySample& sample = samples[i];
      const Spread& along = drawer.component_of(begin + i).along[a];
      const double u = along.normal() ? 0 : uniform(drawer.key(within, a), begin + i);
      sample.y[a] = along.lower + u * (along.upper - along.lower) + along.sd * within_y[i];
      sample.eps[a] = eps[i];
      sample.z[a] = sample.y[a] + std::sqrt(sample.t) * eps[i];
    }
  }
  return samples;
}

}  // namespace feller
