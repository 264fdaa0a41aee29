#include "solvers/uniformization.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "solvers/product_limit.hpp"
#include "solvers/truncate.hpp"

namespace feller {

PoissonWeights poisson_weights(double mean, double truncation) {
  // From the largest weight outwards by the ratio of neighbours: nothing under- or overflows.
  constexpr double negligible = 1e-18;
  const int mode = static_cast<int>(mean);
  std::vector<double> below, above{1};
  for (int k = mode; k > 0; --k) {
    const double last = below.empty() ? 1 : below.back();
    if (last < negligible) break;
    below.push_back(last * k / mean);
  }
  for (int k = mode + 1; above.back() >= negligible; ++k) above.push_back(above.back() * mean / k);
  PoissonWeights weights{.first = mode - static_cast<int>(below.size()),
                         .values{below.rbegin(), below.rend()}};
  weights.values.insert(weights.values.end(), above.begin(), above.end());
  const double total = std::accumulate(weights.values.begin(), weights.values.end(), 0.0);
  for (double& value : weights.values) value /= total;
  truncate(weights.values, truncation);
  return weights;
}

Uniformization::Uniformization(const Generator& generator, double tau, const SolverOptions& options)
    : generator_{generator},
      tau_{tau},
      truncation_{std::min(options.truncation, coarsest_truncation)},
      rate_{generator.largest_outflow()},
      matrix_{generator, rate_} {
  if (!generator.is_markov()) {
    throw MethodError("time.method", "uniformization needs rates that are not negative");
  }
  const double mean = tau * rate_;
  refuse_too_many_products("uniformization", mean, std::max(options.solves, options.steps));
  auto [first, weights] = poisson_weights(mean, truncation_);
  polynomial_ = {.first = first, .weights = std::move(weights)};
}

SolveReport Uniformization::advance(Field& u, int) {
  const double before = total(u);
  matrix_.apply(polynomial_, JumpMatrix::Direction::forward, u);
  return {.iterations = polynomial_.degree(),
          .mass_defect = generator_.conserves_mass() ? restore_mass(u, before) : 0,
          .residual = truncation_};
}

SolveReport Uniformization::advance_backward(Field& g, int) {
  matrix_.apply(polynomial_, JumpMatrix::Direction::backward, g);
  return {.iterations = polynomial_.degree(), .residual = truncation_};
}

double Uniformization::contraction(double low, double) const {
  return std::exp(-tau_ * low) + truncation_;
}

std::string Uniformization::description() const {
  return fmt::format("uniformization, step {:g}, {} products a step{}", tau_, polynomial_.degree(),
                     truncation_words(truncation_));
}

}  // namespace feller
