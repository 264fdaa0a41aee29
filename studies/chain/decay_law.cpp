#include "studies/chain/decay_law.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/functionals.hpp"
#include "solvers/integral.hpp"
#include "solvers/marginals.hpp"

namespace feller {
namespace {

constexpr double nothing = 1e-10;  ///< a moment of a law of size 1 that is 0 but for round-off
constexpr double slope_tolerance = 0.02;

/// |Sigma - I|_F^2 and tr (Sigma - I)^3.
struct Excess {
  double square = 0;
  double cube = 0;
};

Excess excess_of(const Moments& moments, int dimension) {
  Excess excess;
  const auto n = static_cast<std::size_t>(dimension);
  const auto e = [&](std::size_t a, std::size_t b) {
    return moments.covariance[a][b] - (a == b ? 1 : 0);
  };
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < n; ++b) {
      excess.square += e(a, b) * e(a, b);
      for (std::size_t c = 0; c < n; ++c) excess.cube += e(a, b) * e(b, c) * e(c, a);
    }
  }
  return excess;
}

/// E |X - m|^3.
double third_absolute_moment(const Field& p, const Point& mean) {
  const Grid& grid = p.grid();
  long double sum_here = 0;
  auto value = p.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    const Point x = grid.centre(cell);
    const double r = std::hypot(x[0] - mean[0], x[1] - mean[1], x[2] - mean[2]);
    sum_here += *value++ * grid.volume(cell) * r * r * r;
  });
  return static_cast<double>(sum(grid.comm(), sum_here));
}

bool within(const PowerLaw& law, double a, double floor) {
  return a <= law.highest() && a >= law.lowest(floor);
}

}  // namespace

double PowerLaw::highest() const {
  return nearly / std::max(correction, 1.0);
}

double PowerLaw::lowest(double floor) const {
  return std::pow(floor / prefactor, 1.0 / power);
}

int PowerLaw::points(std::span<const double> a, double floor) const {
  return static_cast<int>(
      std::ranges::count_if(a, [&](double value) { return within(*this, value, floor); }));
}

std::optional<PowerLaw> decay_to_standard_normal(const Law& law, const Field& initial) {
  const Moments moments = law.moments();
  const Excess excess = excess_of(moments, initial.grid().dimension());
  double mean = 0;
  for (const double m : moments.mean) mean += m * m;
  if (mean > nothing * nothing) {
    return PowerLaw{1, "|m|^2/2", mean / 2, excess.square / (2 * mean)};
  }
  if (!(excess.square > nothing * nothing)) return std::nullopt;
  const double third = third_absolute_moment(initial, moments.mean);
  return PowerLaw{2, "|Sigma - I|_F^2/4", excess.square / 4,
                  (2 * std::abs(excess.cube) + third * third / 3) / excess.square};
}

std::optional<PowerLaw> decay_to_running_normal(const Field& initial) {
  const Cumulants found = cumulants(initial, 0);
  const double h = initial.grid().axis(0).width(0);
  const double variance = found.variance - h * h / 12;
  const double fourth = found.fourth + h * h * h * h / 120;
  const double off = std::abs(variance - 1);
  if (std::abs(found.third) > nothing * std::pow(variance, 1.5)) {
    const double square = found.third * found.third;
    return PowerLaw{3, "kappa_3^2/12", square / 12, 3 * off + fourth * fourth / (4 * square)};
  }
  // Of a sampled normal law there is left what a cell mean of order h^4 makes of it.
  if (!(std::abs(fourth) > 1e-6 * variance * variance)) return std::nullopt;
  return PowerLaw{4, "kappa_4^2/48", fourth * fourth / 48, 4 * off};
}

PowerFit fit(const PowerLaw& law, std::span<const double> a, std::span<const double> entropies,
             double floor) {
  long double count = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (std::size_t n = 0; n < a.size(); ++n) {
    if (!within(law, a[n], floor)) continue;
    const long double u = std::log(a[n]), v = std::log(entropies[n]);
    count += 1;
    x += u;
    y += v;
    xx += u * u;
    xy += u * v;
  }
  return {static_cast<int>(count), static_cast<double>((count * xy - x * y) / (count * xx - x * x)),
          std::exp(static_cast<double>((y - law.power * x) / count))};
}

Checks decay_checks(const std::string& name, const std::string& entropy, const PowerLaw& law,
                    const PowerFit& found, double floor, double h) {
  return {
      {.name = name + "_slope",
       .claim = fmt::format(
           "slope of ln {} over ln a at {} steps with {:.2g} <= a <= {:.2g}, where "
           "theory is within 1 %: {:.5f}, its distance from {}",
           entropy, found.points, law.lowest(floor), law.highest(), found.slope, law.power),
       .measured = std::abs(found.slope - law.power),
       .bound = slope_tolerance,
       .statement = "V8"},
      {.name = name + "_prefactor",
       .claim = fmt::format("{} / a^{} there: {:.6g}, relative distance from {} = {:.6g}", entropy,
                            law.power, found.prefactor, law.prefactor_words, law.prefactor),
       .measured = std::abs(found.prefactor / law.prefactor - 1),
       .bound = slope_tolerance + law.power * h * h / 12,
       .statement = "V8"},
  };
}

}  // namespace feller
