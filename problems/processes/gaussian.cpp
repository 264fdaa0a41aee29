#include "problems/processes/gaussian.hpp"

#include <algorithm>
#include <boost/math/special_functions/log1p.hpp>
#include <cmath>
#include <numbers>

#include "problems/processes/normal.hpp"
#include "problems/processes/quadrature.hpp"

namespace feller {
namespace {

const double log_two_pi = std::log(2 * std::numbers::pi);

}  // namespace

Symmetric Symmetric::inverse() const {
  const double d = determinant();
  return {yy / d, -xy / d, xx / d};
}

PlaneGaussian::PlaneGaussian(std::array<double, 2> mean, const Symmetric& covariance)
    : mean_{mean}, covariance_{covariance}, precision_{covariance.inverse()} {}

double PlaneGaussian::log_density(const Point& x) const {
  const double u = x[0] - mean_[0], v = x[1] - mean_[1];
  const double square = precision_.xx * u * u + 2 * precision_.xy * u * v + precision_.yy * v * v;
  return -log_two_pi - std::log(covariance_.determinant()) / 2 - square / 2;
}

Moments PlaneGaussian::moments() const {
  Moments m;
  m.mean = {mean_[0], mean_[1], 0};
  m.covariance[0] = {covariance_.xx, covariance_.xy, 0};
  m.covariance[1] = {covariance_.xy, covariance_.yy, 0};
  return m;
}

std::optional<double> PlaneGaussian::entropy() const {
  return log_two_pi + 1 + std::log(covariance_.determinant()) / 2;
}

double PlaneGaussian::probability(const Region& cell) const {
  // Along y in closed form, given x; along x by quadrature.
  const Spread along_x{mean_[0], mean_[0], std::sqrt(covariance_.xx)};
  const double slope = covariance_.xy / covariance_.xx;
  const double sd_given_x = std::sqrt(covariance_.determinant() / covariance_.xx);
  const auto slice = [&](double x) {
    const double centre = mean_[1] + slope * (x - mean_[0]);
    return along_x.density(x) *
           Spread{centre, centre, sd_given_x}.between(cell.lower[1], cell.upper[1]);
  };
  const double reach = 38 * along_x.sd;  // where the density underflows
  const double lower = std::max(cell.lower[0], mean_[0] - reach);
  const double upper = std::min(cell.upper[0], mean_[0] + reach);
  if (!(lower < upper)) return 0;
  std::vector<double> cuts{lower, upper};
  for (const double cut : along_x.breaks()) {
    if (lower < cut && cut < upper) cuts.push_back(cut);
  }
  return integral(slice, cuts, 1e-17);
}

double PlaneGaussian::mass_outside(const Region& box) const {
  const Spread x{mean_[0], mean_[0], std::sqrt(covariance_.xx)};
  const Spread y{mean_[1], mean_[1], std::sqrt(covariance_.yy)};
  return std::min(1.0, x.below(box.lower[0]) + x.above(box.upper[0]) + y.below(box.lower[1]) +
                           y.above(box.upper[1]));
}

double PlaneGaussian::relative_entropy(const PlaneGaussian& q) const {
  // With E = S^-1 C - 1:  2 KL = tr E - ln det(1 + E) + m^T S^-1 m,  det(1 + E) = 1 + tr E + det E.
  const Symmetric& S = q.precision_;
  const double dxx = covariance_.xx - q.covariance_.xx;
  const double dxy = covariance_.xy - q.covariance_.xy;
  const double dyy = covariance_.yy - q.covariance_.yy;
  const double trace = S.xx * dxx + 2 * S.xy * dxy + S.yy * dyy;
  const double determinant = S.determinant() * (dxx * dyy - dxy * dxy);
  const double excess = trace + determinant;
  const double widths = std::abs(excess) < 0.5 ? -boost::math::log1pmx(excess) - determinant
                                               : trace - std::log1p(excess);
  const double u = mean_[0] - q.mean_[0], v = mean_[1] - q.mean_[1];
  return (widths + S.xx * u * u + 2 * S.xy * u * v + S.yy * v * v) / 2;
}

}  // namespace feller
