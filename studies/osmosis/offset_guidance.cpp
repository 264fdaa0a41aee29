#include "studies/osmosis/offset_guidance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "problems/osmosis.hpp"
#include "solvers/dense_spectrum.hpp"
#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"

namespace feller {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// Eigenvalues smaller than that are round-off of the dense solver.
constexpr double no_growth = 1e-9;

double darkest_cell(const Field& v) {
  const Grid& grid = v.grid();
  const double low = least(v);
  double number = infinity;
  for_each(grid.owned(), [&](const Index& cell) {
    if (v[cell] == low) number = std::min(number, static_cast<double>(grid.natural(cell)));
  });
  return minimum(grid.comm(), number);
}

/// All values on every rank, in natural order.
std::vector<double> everywhere(const Field& field) {
  const Grid& grid = field.grid();
  std::vector<double> all(static_cast<std::size_t>(grid.cells()), 0);
  for_each(grid.owned(), [&](const Index& cell) {
    all[static_cast<std::size_t>(grid.natural(cell))] = field[cell];
  });
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE,
                          MPI_SUM, grid.comm()));
  return all;
}

/// Where `holds` changes between `no` (it does not hold there) and `yes`, to the last digit or to
/// that tolerance: the last place where it holds.
template <class Predicate>
double bisect(double no, double yes, double tolerance, Predicate&& holds) {
  while (std::abs(yes - no) > tolerance) {
    const double middle = no + (yes - no) / 2;
    if (middle == no || middle == yes) break;
    (holds(middle) ? yes : no) = middle;
  }
  return yes;
}

}  // namespace

double largest_euler_factor(const std::vector<std::complex<double>>& eigenvalues, double tau) {
  double most = 0;
  for (const auto& lambda : eigenvalues) {
    if (std::abs(lambda) > no_growth) most = std::max(most, 1 / std::abs(1.0 - tau * lambda));
  }
  return most;
}

OffsetGuidance::OffsetGuidance(Field noise)
    : noise_{std::move(noise)}, critical_{-least(noise_)}, darkest_{darkest_cell(noise_)} {}

Field OffsetGuidance::guidance(double c) const {
  return transformed(noise_, [c](double v) { return v + c; });
}

Generator OffsetGuidance::generator(double c) const {
  const Field v = guidance(c);
  JumpRates rates = osmosis_rates(v, flux_weight("central"));
  if (!(least(v) > 0)) return Generator{std::move(rates)};
  return Generator{std::move(rates), transformed(v, [](double x) { return std::log(x); })};
}

bool OffsetGuidance::keeps_positivity(double c) const {
  return generator(c).is_markov();
}

double OffsetGuidance::loss_of_positivity() const {
  // Far above all is positive. Just below nothing else than the darkest pixel has turned negative.
  return bisect(critical_ - 1e-6, critical_ + 1, 0,
                [this](double c) { return keeps_positivity(c); });
}

std::vector<std::complex<double>> OffsetGuidance::eigenvalues(double c) const {
  auto all = all_eigenvalues(generator(c));
  all.erase(std::ranges::min_element(
      all, {}, [](const std::complex<double>& value) { return std::abs(value); }));
  return all;
}

double OffsetGuidance::growth(double c) const {
  return eigenvalues(c).front().real();
}

double OffsetGuidance::onset(double step, double farthest) const {
  const auto grows = [this](double below) { return growth(critical_ - below) > no_growth; };
  constexpr double at_once = 1e-4;
  if (grows(at_once)) return bisect(0, at_once, 1e-3 * at_once, grows);
  for (double below = step; below <= farthest * (1 + 1e-12); below += step) {
    if (grows(below)) return bisect(below - step, below, 1e-3 * step, grows);
  }
  return infinity;
}

double OffsetGuidance::least_rate(double c) const {
  double low = infinity;
  const JumpRates rates = osmosis_rates(guidance(c), flux_weight("central"));
  for_each_face(rates, [&](const Index&, const Index&, const Crossing& crossing) {
    low = std::min({low, crossing.forth, crossing.back});
  });
  return minimum(rates.grid().comm(), low);
}

double OffsetGuidance::least_of_steady_state(double c) const {
  const Field w = guidance(c);
  const double average = mean(w);
  return (average > 0 ? least(w) : largest(w)) / average;
}

double OffsetGuidance::least_of_resolvent(double c) const {
  const Generator matrix = generator(c);
  const Grid& grid = matrix.grid();
  Field u = fill(grid, [&](const Index& cell) {
    return static_cast<double>(grid.natural(cell)) == darkest_ ? 0.0 : 1.0;
  });
  const double step = 1 / matrix.largest_outflow();
  make_propagator("implicit_euler", matrix, step, {.method = "direct"})->advance(u, 0);
  return least(u) / largest(u);
}

OffsetGuidance::Bottleneck OffsetGuidance::bottleneck() const {
  const auto v = everywhere(guidance(critical_));
  const auto m = static_cast<std::size_t>(darkest_);
  if (m == 0 || m + 1 == v.size()) return {0, 0, 0};
  const double h = noise_.grid().axis(0).width(0);
  double before = 0, after = 0, resistance = (1 / v[m - 1] + 1 / v[m + 1]) / 2;
  for (std::size_t i = 0; i < v.size(); ++i) {
    (i < m ? before : after) += v[i];
    if (i + 1 < v.size() && i != m && i + 1 != m) {
      resistance += (v[i] + v[i + 1]) / (2 * v[i] * v[i + 1]);
    }
  }
  const auto n = static_cast<double>(m), rest = static_cast<double>(v.size()) - 1 - n;
  return {(1 / before + 1 / after) / (h * h), resistance, (n + 1) / before + (rest + 1) / after};
}

}  // namespace feller
