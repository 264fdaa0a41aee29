#include "studies/score/pointwise_likelihood.hpp"

#include <algorithm>
#include <cmath>

#include "problems/processes/noise_integral.hpp"
#include "solvers/chain_kernel.hpp"

namespace feller {

double PointwiseLikelihood::rate(double s) const {
  const Mixture law = noised_.law(s);
  const double root = std::sqrt(s);
  return normal_mean([&](double g) {
           const double short_of = g + root * law.score(0, {y_ + root * g, 0, 0});
           return short_of * short_of;
         }) /
         2;
}

double PointwiseLikelihood::rate_without_noise(double s) const {
  const double score = noised_.law(s).score(0, {y_, 0, 0});
  return s * score * score / 2;
}

double PointwiseLikelihood::far() const {
  const double d = y_ - noised_.mean();
  return 1000 * std::max(1.0, noised_.variance() + d * d);
}

std::vector<double> PointwiseLikelihood::integrals(std::span<const double> times) const {
  return noise_integrals([this](double s) { return rate(s); }, times, far());
}

std::vector<double> PointwiseLikelihood::integrals_without_noise(
    std::span<const double> times) const {
  return noise_integrals([this](double s) { return rate_without_noise(s); }, times, far());
}

double PointwiseLikelihood::posterior(double t) const {
  const Mixture law = noised_.law(t);
  const double root = std::sqrt(t);
  const Spread kernel{0, 0, root};
  // p(y|z) = p(y) N(z; y, t) / p_t(z).
  return left() + normal_mean([&](double g) {
           return law.log_density({y_ + root * g, 0, 0}) - kernel.log_density(root * g);
         });
}

double PointwiseLikelihood::part(const LogNodes& nodes) const {
  double sum = 0;
  for (int i = 0; i < nodes.count; ++i) sum += nodes.weight() * rate(nodes.at(i));
  return sum;
}

namespace {

/// E(G + sqrt(t) s_t)^2/2 of one y at one level: in scaling variables U = z/sqrt(1+t), where
/// sqrt(t) s_t = sqrt(1-a) d ln p_U/dU with a = 1/(1+t).
double grid_rate(const Grid& grid, const Ghosted& log_p, double t, double y) {
  const Axis& axis = grid.axis(0);
  const double centre = y / std::sqrt(1 + t), sd = std::sqrt(t / (1 + t));
  long double sum_here = 0;
  for_each(grid.owned(), [&](const Index& cell) {
    const double g = (axis.centre(cell[0]) - centre) / sd;
    // The rest is below 1e-18; borders are further away.
    if (std::abs(g) > 9) return;
    const double slope = (log_p[{cell[0] + 1, 0, 0}] - log_p[{cell[0] - 1, 0, 0}]) /
                         (axis.centre(cell[0] + 1) - axis.centre(cell[0] - 1));
    const double short_of = g + sd * slope;
    sum_here += axis.width(cell[0]) / sd * normal_density(g) * short_of * short_of / 2;
  });
  return static_cast<double>(sum(grid.comm(), sum_here));
}

}  // namespace

std::vector<double> grid_likelihood(const Problem& problem, double first_noise,
                                    const LogNodes& nodes, std::span<const double> values) {
  const Field start = problem.initial(0);
  std::vector<double> sums(values.size());
  for (int i = 0; i < nodes.count; ++i) {
    const double t = nodes.at(i);
    const ChainKernel kernel{problem.grid(), std::log1p(first_noise) - std::log1p(t)};
    const Ghosted log_p{transformed(kernel.forward(start), [](double p) { return std::log(p); })};
    for (std::size_t k = 0; k < values.size(); ++k) {
      sums[k] += nodes.weight() * grid_rate(problem.grid(), log_p, t, values[k]);
    }
  }
  return sums;
}

}  // namespace feller
