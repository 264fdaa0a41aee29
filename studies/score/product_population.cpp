#include "studies/score/product_population.hpp"

#include <array>
#include <cmath>
#include <map>

#include "studies/score/information_readings.hpp"

namespace feller {
namespace {

using Key = std::array<double, 3>;

Key key_of(const Spread& spread) {
  return {spread.lower, spread.upper, spread.sd};
}

using Weights = std::map<Key, double>;  ///< of the spreads of one axis

/// Weights of all combinations of spreads that the mixture has.
std::map<std::vector<Key>, double> combinations(const Mixture& population) {
  std::map<std::vector<Key>, double> found;
  for (const auto& [weight, along] : population.components()) {
    std::vector<Key> keys;
    for (int a = 0; a < population.dimension(); ++a) {
      keys.push_back(key_of(along[static_cast<std::size_t>(a)]));
    }
    found[keys] += weight;
  }
  return found;
}

Noised law_of(const Weights& weights) {
  std::vector<Component> components;
  for (const auto& [key, weight] : weights) {
    components.push_back({.weight = weight, .along = {Spread{key[0], key[1], key[2]}}});
  }
  return Noised{Mixture{1, std::move(components)}};
}

}  // namespace

std::optional<std::vector<Noised>> independent_axes(const Mixture& population) {
  const auto all = combinations(population);
  std::vector<Weights> marginals(static_cast<std::size_t>(population.dimension()));
  for (const auto& [keys, weight] : all) {
    for (std::size_t a = 0; a < keys.size(); ++a) marginals[a][keys[a]] += weight;
  }
  std::size_t expected = 1;
  for (const auto& marginal : marginals) expected *= marginal.size();
  if (all.size() != expected) return std::nullopt;
  for (const auto& [keys, weight] : all) {
    double product = 1;
    for (std::size_t a = 0; a < keys.size(); ++a) product *= marginals[a].at(keys[a]);
    if (std::abs(product - weight) > 1e-12) return std::nullopt;
  }
  std::vector<Noised> axes;
  for (const auto& marginal : marginals) axes.push_back(law_of(marginal));
  return axes;
}

std::vector<double> information_of_axes(const std::vector<Noised>& axes,
                                        std::span<const double> times) {
  std::vector<double> sums(times.size());
  for (const auto& axis : axes) {
    const auto found = information_by_mmse(axis, times);
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += found[k];
  }
  return sums;
}

}  // namespace feller
