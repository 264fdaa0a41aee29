#include "studies/score/finite_chain.hpp"

#include <cmath>

#include "discretisation/uniform.hpp"

namespace feller {
namespace {

/// Random laws on a few symbols, uniform on the simplex.
class Laws {
 public:
  Laws(std::uint64_t seed, std::uint32_t number) : key_{.seed = seed, .stream = number} {}

  std::vector<double> one(std::size_t size) {
    std::vector<double> law(size);
    double total = 0;
    for (auto& p : law) total += p = -std::log(uniform(key_, drawn_++));
    for (auto& p : law) p /= total;
    return law;
  }
  Transitions square(std::size_t size) {
    Transitions rows;
    for (std::size_t i = 0; i < size; ++i) rows.push_back(one(size));
    return rows;
  }

 private:
  NoiseKey key_;
  std::uint64_t drawn_ = 0;
};

/// Prior and likelihood [before][after] to the posterior [after][before].
Transitions bayes(const std::vector<double>& prior, const Transitions& likelihood) {
  const std::size_t n = prior.size();
  Transitions posterior(n, std::vector<double>(n));
  for (std::size_t after = 0; after < n; ++after) {
    double total = 0;
    for (std::size_t before = 0; before < n; ++before) {
      total += posterior[after][before] = prior[before] * likelihood[before][after];
    }
    for (auto& p : posterior[after]) p /= total;
  }
  return posterior;
}

std::vector<double> moved(const std::vector<double>& law, const Transitions& step) {
  std::vector<double> next(law.size());
  for (std::size_t i = 0; i < law.size(); ++i) {
    for (std::size_t j = 0; j < law.size(); ++j) next[j] += law[i] * step[i][j];
  }
  return next;
}

double divergence(const std::vector<double>& p, const std::vector<double>& q) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] * std::log(p[i] / q[i]);
  return sum;
}

}  // namespace

FiniteChain::FiniteChain(int symbols, int steps, std::uint64_t seed, std::uint32_t number) {
  Laws laws{seed, 2 * number};
  const auto n = static_cast<std::size_t>(symbols);
  population_ = laws.one(n);
  for (int i = 0; i < steps; ++i) steps_.push_back(laws.square(n));
}

double FiniteChain::surprise(int y) const {
  return -std::log(population_[static_cast<std::size_t>(y)]);
}

double FiniteChain::entropy() const {
  double sum = 0;
  for (int y = 0; y < symbols(); ++y) sum += population_[static_cast<std::size_t>(y)] * surprise(y);
  return sum;
}

BackwardGenerator FiniteChain::exact() const {
  BackwardGenerator g;
  g.out = bayes(population_, steps_[0]);
  g.last = moved(population_, steps_[0]);
  for (std::size_t i = 1; i < steps(); ++i) {
    g.backward.push_back(bayes(g.last, steps_[i]));
    g.last = moved(g.last, steps_[i]);
  }
  return g;
}

BackwardGenerator FiniteChain::other(std::uint64_t seed, std::uint32_t number) const {
  Laws laws{seed, 2 * number + 1};
  BackwardGenerator g{.last = laws.one(size()), .out = laws.square(size())};
  for (std::size_t i = 1; i < steps(); ++i) g.backward.push_back(laws.square(size()));
  return g;
}

std::vector<std::vector<double>> FiniteChain::forward(std::size_t y) const {
  std::vector<std::vector<double>> laws{steps_[0][y]};
  for (std::size_t i = 1; i < steps(); ++i) laws.push_back(moved(laws.back(), steps_[i]));
  return laws;
}

double FiniteChain::divergences(const BackwardGenerator& g, int y) const {
  const auto laws = forward(static_cast<std::size_t>(y));
  double sum = divergence(laws.back(), g.last);
  for (std::size_t i = 1; i < steps(); ++i) {
    const Transitions bridge = bayes(laws[i - 1], steps_[i]);
    for (std::size_t z = 0; z < size(); ++z) {
      sum += laws[i][z] * divergence(bridge[z], g.backward[i - 1][z]);
    }
  }
  return sum;
}

double FiniteChain::bound(const BackwardGenerator& g, int y) const {
  const auto symbol = static_cast<std::size_t>(y);
  double sum = divergences(g, y);
  for (std::size_t z = 0; z < size(); ++z) {
    sum -= steps_[0][symbol][z] * std::log(g.out[z][symbol]);
  }
  return sum;
}

double FiniteChain::bound(const BackwardGenerator& g) const {
  double sum = 0;
  for (int y = 0; y < symbols(); ++y) sum += population_[static_cast<std::size_t>(y)] * bound(g, y);
  return sum;
}

double FiniteChain::bound_as_printed(const BackwardGenerator& g, int y, int z) const {
  double sum = -std::log(g.out[static_cast<std::size_t>(z)][static_cast<std::size_t>(y)]);
  for (int other = 0; other < symbols(); ++other) {
    sum += population_[static_cast<std::size_t>(other)] * divergences(g, other);
  }
  return sum;
}

double FiniteChain::path_divergence(const BackwardGenerator& g) const {
  const std::size_t length = steps() + 1;
  std::vector<std::size_t> path(length, 0);  // y, z_1, ..., z_N
  double sum = 0;
  while (true) {
    double p = population_[path[0]], q = g.last[path[steps()]] * g.out[path[1]][path[0]];
    for (std::size_t i = 0; i < steps(); ++i) p *= steps_[i][path[i]][path[i + 1]];
    for (std::size_t i = 1; i < steps(); ++i) q *= g.backward[i - 1][path[i + 1]][path[i]];
    sum += p * std::log(p / q);
    std::size_t digit = 0;
    while (digit < length && ++path[digit] == size()) path[digit++] = 0;
    if (digit == length) return sum;
  }
}

}  // namespace feller
