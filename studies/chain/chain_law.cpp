#include "studies/chain/chain_law.hpp"

#include <cmath>
#include <numbers>

namespace feller {

double ChainLaw::conditional_entropy() const {
  return std::log(2 * std::numbers::pi * std::numbers::e * noise) / 2;
}

double ChainLaw::contrast_to_noise() const {
  return std::sqrt(survival / noise);
}

double ChainLaw::information(double variance) const {
  return std::log1p(variance * survival / noise) / 2;
}

ChainLaw chain_law(const std::vector<Field>& f, double log_survival) {
  ChainLaw law{.survival = std::exp(log_survival), .noise = -std::expm1(log_survival)};
  const double a = law.survival, noise = law.noise;
  long double squares = 0, powers = 0, count = 0;
  for (const auto& field : f) {
    for (const double x : field.values()) {
      squares += x * x;
      // Of exp(...)/sqrt(1 - a^2) - 1 without cancellation where a is small.
      powers += std::expm1(a * x * x / (1 + a) - std::log(noise * (1 + a)) / 2);
      count += 1;
    }
  }
  const MPI_Comm comm = f.front().grid().comm();
  const auto n = static_cast<double>(sum(comm, count));
  const double second = static_cast<double>(sum(comm, squares)) / n;
  law.relative_entropy = (a * second - a - std::log(noise)) / 2;
  law.chi_square = static_cast<double>(sum(comm, powers)) / n;
  return law;
}

}  // namespace feller
