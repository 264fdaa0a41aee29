#include "problems/processes/mixture.hpp"

#include <algorithm>
#include <cmath>

#include "problems/processes/quadrature.hpp"
#include "problems/processes/trapezoid.hpp"

namespace feller {
namespace {

double entropy_alone(double log_p, double) {
  return entropy_term(log_p);
}

/// ln of the sum of what these are logarithms of.
double log_sum(const std::vector<double>& logs) {
  const double largest = *std::ranges::max_element(logs);
  if (std::isinf(largest)) return largest;
  double sum = 0;
  for (const double part : logs) sum += std::exp(part - largest);
  return largest + std::log(sum);
}

std::size_t size(int dimension) {
  return static_cast<std::size_t>(dimension);
}

}  // namespace

Mixture::Mixture(int dimension, std::vector<Component> components)
    : dimension_{dimension}, components_{std::move(components)} {
  std::erase_if(components_, [](const Component& c) { return c.weight == 0; });
  double total = 0;
  for (const auto& component : components_) total += component.weight;
  for (auto& component : components_) component.weight /= total;
}

double Mixture::density(const Point& x) const {
  double p = 0;
  for (const auto& [weight, along] : components_) {
    double product = weight;
    for (std::size_t a = 0; a < size(dimension_); ++a) product *= along[a].density(x[a]);
    p += product;
  }
  return p;
}

std::vector<double> Mixture::log_parts(const Point& x) const {
  std::vector<double> logs;
  logs.reserve(components_.size());
  for (const auto& [weight, along] : components_) {
    double log_product = std::log(weight);
    for (std::size_t a = 0; a < size(dimension_); ++a) log_product += along[a].log_density(x[a]);
    logs.push_back(log_product);
  }
  return logs;
}

double Mixture::log_density(const Point& x) const {
  return log_sum(log_parts(x));
}

Moments Mixture::moments() const {
  Moments m;
  for (const auto& [weight, along] : components_) {
    for (std::size_t a = 0; a < size(dimension_); ++a) m.mean[a] += weight * along[a].mean();
  }
  for (const auto& [weight, along] : components_) {
    for (std::size_t a = 0; a < size(dimension_); ++a) {
      m.covariance[a][a] += weight * along[a].variance();
      for (std::size_t b = 0; b < size(dimension_); ++b) {
        m.covariance[a][b] +=
            weight * (along[a].mean() - m.mean[a]) * (along[b].mean() - m.mean[b]);
      }
    }
  }
  return m;
}

std::optional<double> Mixture::entropy() const {
  if (components_.size() > 1) return integral_of(entropy_alone, Spread{}, false);
  double sum = 0;
  for (std::size_t a = 0; a < size(dimension_); ++a) sum += components_[0].along[a].entropy();
  return sum;
}

Mixture::LogSlope Mixture::log_slope(int axis, const Point& x) const {
  const auto along_axis = static_cast<std::size_t>(axis);
  const auto logs = log_parts(x);
  const double log_p = log_sum(logs);
  if (std::isinf(log_p)) return {log_p, 0};
  double slope = 0;
  for (std::size_t k = 0; k < logs.size(); ++k) {
    if (logs[k] - log_p < -700) continue;
    slope += std::exp(logs[k] - log_p) * components_[k].along[along_axis].log_slope(x[along_axis]);
  }
  return {log_p, slope};
}

double Mixture::score(int axis, const Point& x) const {
  return log_slope(axis, x).slope;
}

std::optional<double> Mixture::fisher_information() const {
  if (dimension_ > 1) return std::nullopt;
  for (const auto& component : components_) {
    if (component.along[0].sd == 0) return std::nullopt;
  }
  return integral(
      [&](double x) {
        const auto [log_p, slope] = log_slope(0, {x, 0, 0});
        return std::exp(log_p) * slope * slope;
      },
      breaks());
}

std::vector<double> Mixture::breaks() const {
  std::vector<double> all;
  double finest = HUGE_VAL;
  for (const auto& component : components_) {
    std::ranges::copy(component.along[0].breaks(), std::back_inserter(all));
    finest = std::min(finest, component.along[0].sd);
  }
  std::ranges::sort(all);
  std::vector<double> kept{all.front()};
  for (const double cut : all) {
    if (cut - kept.back() > finest) kept.push_back(cut);
  }
  kept.push_back(all.back());
  return kept;
}

std::optional<double> Mixture::relative_entropy(double variance) const {
  if (components_.size() == 1) {
    double sum = 0;
    for (std::size_t a = 0; a < size(dimension_); ++a) {
      sum += components_[0].along[a].relative_entropy(variance);
    }
    return sum;
  }
  const Spread target{0, 0, std::sqrt(variance)};
  double finest = target.sd;
  for (const auto& component : components_) {
    for (std::size_t a = 0; a < size(dimension_); ++a) {
      finest = std::min(finest, component.along[a].sd);
    }
  }
  // A fine grid over all of a wide target is costly, and needed only where KL is small.
  if (dimension_ > 1 && finest < 0.7 * target.sd) return from_moments(target);
  return integral_of(relative_entropy_term, target, true);
}

std::optional<double> Mixture::from_moments(const Spread& target) const {
  const auto own = entropy();
  if (!own) return std::nullopt;
  const Moments m = moments();
  double sum = -*own;
  for (std::size_t a = 0; a < size(dimension_); ++a) {
    const double square = m.mean[a] * m.mean[a] + m.covariance[a][a];
    sum += square / (2 * target.sd * target.sd) - target.log_density(0);
  }
  return sum;
}

std::optional<double> Mixture::integral_of(double (*term)(double, double), const Spread& target,
                                           bool cover_target) const {
  if (dimension_ > 1) return trapezoid(dimension_, components_, target, cover_target, term);
  auto cuts = breaks();
  if (cover_target) std::ranges::copy(target.breaks(), std::back_inserter(cuts));
  return integral(
      [&](double x) {
        return term(log_density({x, 0, 0}), target.log_density(x));
      },
      cuts);
}

double Mixture::probability(const Region& cell) const {
  double sum = 0;
  for (const auto& [weight, along] : components_) {
    double product = weight;
    for (std::size_t a = 0; a < size(dimension_); ++a) {
      product *= along[a].between(cell.lower[a], cell.upper[a]);
    }
    sum += product;
  }
  return sum;
}

double Mixture::mass_outside(const Region& box) const {
  double sum = 0;
  for (const auto& [weight, along] : components_) {
    double log_inside = 0;
    for (std::size_t a = 0; a < size(dimension_); ++a) {
      const double outside = along[a].below(box.lower[a]) + along[a].above(box.upper[a]);
      log_inside += std::log1p(-std::min(1.0, outside));
    }
    sum -= weight * std::expm1(log_inside);
  }
  return sum;
}

Mixture blurred(const Mixture& mixture, double scale, double variance) {
  auto components = mixture.components();
  for (auto& component : components) {
    for (std::size_t a = 0; a < size(mixture.dimension()); ++a) {
      Spread& spread = component.along[a];
      spread = {scale * spread.lower, scale * spread.upper,
                std::hypot(scale * spread.sd, std::sqrt(variance))};
    }
  }
  return {mixture.dimension(), std::move(components)};
}

}  // namespace feller
