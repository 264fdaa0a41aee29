#include "problems/processes/well_law.hpp"

#include <algorithm>

#include "problems/processes/quadrature.hpp"

namespace feller {
namespace {

double one(double) {
  return 1;
}

double square(double x) {
  return x * x;
}

}  // namespace

WellLaw::WellLaw(double steepness)
    : steepness_{steepness},
      log_z_{std::log(2 * integral_from(0, 1, one))},
      variance_{integral_from(0, 1, square) / integral_from(0, 1, one)} {}

double WellLaw::integral_from(double a, double base, double (*f)(double)) const {
  // Beyond the end the energy is 80 higher than at the base.
  const double end = std::sqrt(1 + std::sqrt((energy(base) + 80) / steepness_));
  std::vector<double> cuts{a, end};
  const double width = 1 / std::sqrt(8 * steepness_);
  for (const double z : {-10.0, -3.0, 0.0, 3.0, 10.0}) {
    const double cut = 1 + z * width;
    if (a < cut && cut < end) cuts.push_back(cut);
  }
  return integral([&](double x) { return f(x) * std::exp(energy(base) - energy(x)); }, cuts, 1e-17);
}

double WellLaw::above(double x) const {
  if (x < 0) return 1 - above(-x);
  if (std::isinf(x)) return 0;
  const double base = std::max(x, 1.0);
  return integral_from(x, base, one) * density_at(base);
}

}  // namespace feller
