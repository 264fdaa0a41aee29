#include "solvers/uniformization.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "solvers/product_limit.hpp"

namespace feller {

PoissonWeights poisson_weights(double mean) {
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
  return weights;
}

Uniformization::Uniformization(const Generator& generator, double tau, const SolverOptions& options)
    : generator_{generator},
      tau_{tau},
      rate_{generator.largest_outflow()},
      power_{generator.grid()},
      product_{generator.grid()} {
  if (!generator.is_markov()) {
    throw MethodError("time.method", "uniformization needs rates that are not negative");
  }
  refuse_too_many_products("uniformization", rate_ * tau, options.solves);
  weights_ = poisson_weights(rate_ * tau);
}

SolveReport Uniformization::advance(Field& u, int) {
  const double before = total(u);
  const int products = apply(generator_.forward(), u);
  const bool kept = generator_.conserves_mass() && before != 0;
  return {.iterations = products, .mass_defect = kept ? std::abs(total(u) / before - 1) : 0};
}

SolveReport Uniformization::advance_backward(Field& g, int) {
  return {.iterations = apply(generator_.backward(), g)};
}

/// u <- sum of weight_k (I + G / Lambda)^k u; the number of products.
int Uniformization::apply(Mat generator, Field& u) {
  check(VecCopy(u.vector(), power_.vector()));
  check(VecSet(u.vector(), 0));
  const int last = weights_.first + static_cast<int>(weights_.values.size()) - 1;
  for (int k = 0; k <= last; ++k) {
    if (k >= weights_.first) {
      const double weight = weights_.values[static_cast<std::size_t>(k - weights_.first)];
      check(VecAXPY(u.vector(), weight, power_.vector()));
    }
    if (k == last || rate_ == 0) continue;
    check(MatMult(generator, power_.vector(), product_.vector()));
    check(VecAXPY(power_.vector(), 1 / rate_, product_.vector()));
  }
  return last;
}

double Uniformization::contraction(double low, double) const {
  return std::exp(-tau_ * low);
}

std::string Uniformization::description() const {
  return fmt::format("uniformization, step {:g}, {} products a step", tau_,
                     weights_.first + static_cast<int>(weights_.values.size()) - 1);
}

}  // namespace feller
