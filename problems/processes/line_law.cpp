#include "problems/processes/line_law.hpp"

#include <algorithm>

#include "problems/processes/quadrature.hpp"

namespace feller {

double LineLaw::between(double a, double b) const {
  a = std::max(a, lower());
  b = std::min(b, upper());
  if (!(a < b)) return 0;
  const double room = std::min(a - lower(), upper() - b);  // to a border, where powers of x begin
  if (b - a < std::min(0.1 * std::sqrt(variance()), room / 2)) {
    return gauss([this](double x) { return density_at(x); }, a, b);
  }
  if (a >= mean()) return above(a) - above(b);
  if (b <= mean()) return below(b) - below(a);
  return 1 - below(a) - above(b);
}

std::vector<double> LineLaw::breaks() const {
  const double sd = std::sqrt(variance());
  std::vector<double> cuts;
  for (const double z : {-3.0, -1.0, 0.0, 1.0, 3.0}) cuts.push_back(mean() + z * sd);
  double reach = 6 * sd;
  while (below(mean() - reach) > 1e-22) reach *= 1.5;
  cuts.push_back(mean() - reach);
  reach = 6 * sd;
  while (above(mean() + reach) > 1e-22) reach *= 1.5;
  cuts.push_back(mean() + reach);
  for (double& cut : cuts) cut = std::clamp(cut, lower(), upper());
  return cuts;
}

double LineLaw::density(const Point& x) const {
  return x[0] >= lower() && x[0] <= upper() ? density_at(x[0]) : 0;
}

double LineLaw::log_density(const Point& x) const {
  return x[0] >= lower() && x[0] <= upper() ? log_density_at(x[0]) : -Region::infinity;
}

Moments LineLaw::moments() const {
  Moments m;
  m.mean[0] = mean();
  m.covariance[0][0] = variance();
  return m;
}

std::optional<double> LineLaw::entropy() const {
  return integral([this](double x) { return entropy_term(log_density_at(x)); }, breaks());
}

double LineLaw::probability(const Region& cell) const {
  return between(cell.lower[0], cell.upper[0]);
}

double LineLaw::mass_outside(const Region& box) const {
  return below(std::max(box.lower[0], lower())) + above(std::min(box.upper[0], upper()));
}

double relative_entropy(const LineLaw& p, const LineLaw& q) {
  auto cuts = p.breaks();
  std::ranges::copy(q.breaks(), std::back_inserter(cuts));
  return integral(
      [&](double x) { return relative_entropy_term(p.log_density_at(x), q.log_density_at(x)); },
      cuts);
}

}  // namespace feller
