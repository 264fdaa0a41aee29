#include "studies/score/noised.hpp"

#include <algorithm>
#include <cmath>

#include "problems/processes/process.hpp"
#include "problems/processes/quadrature.hpp"
#include "studies/chain/chain_problem.hpp"

namespace feller {
namespace {

/// Of one component: of a uniform one a normal law cut off at both ends.
Noised::Posterior posterior_of(const Spread& spread, double t, double z) {
  if (spread.normal()) {
    const double own = spread.sd * spread.sd;
    return {(own * z + t * spread.lower) / (own + t), own * t / (own + t), 0};
  }
  const double nearest = std::clamp(z, spread.lower, spread.upper), root = std::sqrt(t);
  std::vector<double> cuts{spread.lower, spread.upper};
  for (const double k : {-9.0, -3.0, -1.0, 0.0, 1.0, 3.0, 9.0}) {
    // Beyond the edge the law decays over t/distance, where that is less than sqrt(t).
    const double width = std::min(root, t / std::max(1e-300, std::abs(z - nearest)));
    for (const double scale : {root, 4 * width}) {
      cuts.push_back(std::clamp(nearest + k * scale, spread.lower, spread.upper));
    }
  }
  const auto mean_of = [&](auto&& f) {
    return integral(
        [&](double y) {
          return f(y) * std::exp(((nearest - z) * (nearest - z) - (y - z) * (y - z)) / (2 * t));
        },
        cuts);
  };
  const double mass = mean_of([](double) { return 1.0; });
  const double mean = mean_of([](double y) { return y; }) / mass;
  return {mean, mean_of([&](double y) { return (y - mean) * (y - mean); }) / mass,
          mean_of([&](double y) { return std::pow(y - mean, 3); }) / mass};
}

}  // namespace

Noised::Noised(Mixture population)
    : population_{std::move(population)},
      mean_{population_.moments().mean[0]},
      variance_{population_.moments().covariance[0][0]} {}

Mixture Noised::law(double t) const {
  return blurred(population_, 1, t);
}

Mixture Noised::scaled_law(double t) const {
  return blurred(population_, 1 / std::sqrt(1 + t), t / (1 + t));
}

double Noised::fourth_moment() const {
  double sum = 0;
  for (const auto& [weight, along] : population_.components()) {
    const double v = along[0].variance(), d = along[0].mean() - mean_;
    const double width = along[0].upper - along[0].lower;
    // A normal law has 3 v^2; a uniform one is short of it by width^4 / 120.
    const double own = 3 * v * v - std::pow(width, 4) / 120;
    sum += weight * (own + 6 * v * d * d + std::pow(d, 4));
  }
  return sum;
}

double Noised::relative_mmse(double t) const {
  // t J(z) = t/(1+t) J(z/sqrt(1+t)), where J is of size 1 for late t.
  return 1 - t / (1 + t) * *scaled_law(t).fisher_information();
}

Noised::Posterior Noised::posterior(double t, double z) const {
  const Mixture seen = law(t);
  const double log_p = seen.log_density({z, 0, 0});
  std::vector<Posterior> parts;
  std::vector<double> shares;
  Posterior all;
  for (std::size_t k = 0; k < seen.components().size(); ++k) {
    const auto& [weight, along] = seen.components()[k];
    shares.push_back(weight * std::exp(along[0].log_density(z) - log_p));
    parts.push_back(posterior_of(population_.components()[k].along[0], t, z));
    all.mean += shares[k] * parts[k].mean;
  }
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const double d = parts[k].mean - all.mean;
    all.variance += shares[k] * (parts[k].variance + d * d);
    all.third += shares[k] * (parts[k].third + 3 * parts[k].variance * d + d * d * d);
  }
  return all;
}

bool Noised::discrete() const {
  return points_of(population_).has_value();
}

double Noised::surprise(double y) const {
  if (!discrete()) return -population_.log_density({y, 0, 0});
  double sum = 0;
  for (const auto& [weight, along] : population_.components()) {
    if (along[0].lower == y) sum += weight;
  }
  return -std::log(sum);
}

DiscreteLaw Noised::discrete_law() const {
  return DiscreteLaw{points_of(population_).value()};
}

Noised noised_normal(double mean, double variance) {
  return Noised{Mixture{1, {Component{.along = {Spread{mean, mean, std::sqrt(variance)}}}}}};
}

Noised require_noised(const Experiment& experiment) {
  require_chain_process(experiment);
  const Problem& problem = experiment.problem();
  if (problem.grid().dimension() > 1) {
    throw experiment.parameters().blame("grid.cells", "must be of one axis for this study");
  }
  return Noised{*problem.process()->population()};
}

double first_noise(const Experiment& experiment) {
  return std::expm1(2 * experiment.problem().process()->age(0));
}

}  // namespace feller
