#include "studies/score/grid_quantiles.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/marginals.hpp"

namespace feller {
namespace {

/// Value at u of the cubic through four points around it; x ascends.
double interpolated(const std::vector<double>& x, const std::vector<double>& y, double u) {
  const auto above = static_cast<std::size_t>(std::ranges::upper_bound(x, u) - x.begin());
  const std::size_t first = std::clamp<std::size_t>(above, 2, x.size() - 2) - 2;
  double sum = 0;
  for (std::size_t i = first; i < first + 4; ++i) {
    double factor = 1;
    for (std::size_t j = first; j < first + 4; ++j) {
      if (j != i) factor *= (u - x[j]) / (x[i] - x[j]);
    }
    sum += factor * y[i];
  }
  return sum;
}

std::vector<double> cumulated(const Field& masses) {
  std::vector<double> sums{0};
  for (const double m : marginal_masses(densities_of(masses), 0)) sums.push_back(sums.back() + m);
  return sums;
}

}  // namespace

double quantile_drift(const Field& p_from, const Field& q_from, const Field& p_to,
                      const Field& q_to) {
  const auto P = cumulated(p_from), Q = cumulated(q_from), p = cumulated(p_to), q = cumulated(q_to);
  // In the far tails P does not rise any more.
  std::vector<double> x, y;
  for (std::size_t i = 0; i < P.size(); ++i) {
    if (P[i] < 1e-6 || P[i] > 1 - 1e-6) continue;
    x.push_back(P[i]);
    y.push_back(Q[i]);
  }
  double squares = 0, count = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] < 0.01 || p[i] > 0.99) continue;
    squares += std::pow(q[i] - interpolated(x, y, p[i]), 2);
    count += 1;
  }
  return std::sqrt(squares / count);
}

}  // namespace feller
