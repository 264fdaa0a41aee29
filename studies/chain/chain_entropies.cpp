#include "studies/chain/chain_entropies.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "problems/processes/process.hpp"
#include "solvers/functionals.hpp"

namespace feller {
namespace {

constexpr double renyi_order = 2;

}  // namespace

double normal_entropy(int dimension, double variance) {
  return dimension * std::log(2 * std::numbers::pi * std::numbers::e * variance) / 2;
}

double entropy_power(double entropy, int dimension) {
  return std::exp(2 * entropy / dimension) / (2 * std::numbers::pi * std::numbers::e);
}

ChainEntropies::ChainEntropies(const Problem& problem)
    : problem_{problem}, log_gamma_{log_standard_normal(problem.grid())} {
  for (const auto& entry : phi_entropies()) entropies_.push_back(entry.make(renyi_order));
}

double ChainEntropies::divergence(const Field& p, std::size_t which) const {
  return feller::divergence(*entropies_[which], p, log_gamma_);
}

double ChainEntropies::square_width() const {
  double widest = 0;
  for (const auto& axis : problem_.grid().axes()) widest = std::max(widest, axis.width(0));
  return widest * widest;
}

double ChainEntropies::noise_entropy() const {
  double sum = 0;
  for (const auto& axis : problem_.grid().axes()) {
    sum += normal_entropy(1, 1 + axis.width(0) * axis.width(0) / 12);
  }
  return sum;
}

double ChainEntropies::column_entropy(double log_survival) const {
  const Grid& grid = problem_.grid();
  if (!ChainKernel::resolves(grid, log_survival)) return std::nan("");
  Index middle{0, 0, 0};
  for (std::size_t a = 0; a < grid.axes().size(); ++a) middle[a] = grid.axes()[a].cells / 2;
  const Field start =
      fill(grid, [&](const Index& cell) { return cell == middle ? 1 / grid.volume(cell) : 0; });
  return differential_entropy(ChainKernel{grid, log_survival}.forward(start));
}

EntropyRow ChainEntropies::look(const Field& p, int step, double log_survival) const {
  const int n = problem_.grid().dimension();
  EntropyRow row{.step = step,
                 .log_survival = log_survival,
                 .entropy = differential_entropy(p),
                 .conditional = normal_entropy(n, -std::expm1(log_survival)),
                 .column = column_entropy(log_survival),
                 .fisher = fisher_information(p),
                 .relative_fisher = relative_fisher_information(p, log_gamma_)};
  const auto law = law_at(problem_, log_survival);
  const Moments moments = law->moments();
  double square = second_moment(p);
  for (std::size_t a = 0; a < static_cast<std::size_t>(n); ++a) {
    const double h = problem_.grid().axes()[a].width(0);
    row.spread += moments.covariance[a][a] / n;
    square -= moments.mean[a] * moments.mean[a] + moments.covariance[a][a] + h * h / 6;
  }
  row.sampling = std::abs(square);
  for (std::size_t k = 0; k < entropies_.size(); ++k) row.divergences.push_back(divergence(p, k));
  row.exact_entropy = law->entropy();
  row.exact_divergence = problem_.process()->relative_entropy(-log_survival / 2);
  return row;
}

}  // namespace feller
