#include "problems/processes/trapezoid.hpp"

#include <algorithm>
#include <cmath>

namespace feller {
namespace {

constexpr double most_points = 5e7;
constexpr double settled = 1e-8;

/// The nodes of an axis, with the factors of p and ln q there.
struct Nodes {
  double spacing = 1;
  std::vector<std::vector<double>> factors;  ///< [node][component]
  std::vector<double> log_target;
};

struct Extent {
  double lower, upper, finest;
};

Extent extent(std::size_t a, const std::vector<Component>& components, const Spread& target,
              bool cover_target) {
  std::vector<Spread> all;
  for (const auto& component : components) all.push_back(component.along[a]);
  if (cover_target) all.push_back(target);
  Extent e{all[0].mean(), all[0].mean(), all[0].sd};
  for (const auto& spread : all) {
    e.lower = std::min(e.lower, spread.lower - 9 * spread.sd);
    e.upper = std::max(e.upper, spread.upper + 9 * spread.sd);
    e.finest = std::min(e.finest, spread.sd);
  }
  return e;
}

Nodes nodes(std::size_t a, const std::vector<Component>& components, const Spread& target,
            const Extent& extent, int per_sd) {
  Nodes axis{.spacing = extent.finest / per_sd};
  const auto count = static_cast<int>((extent.upper - extent.lower) / axis.spacing) + 2;
  for (int i = 0; i < count; ++i) {
    const double x = extent.lower + i * axis.spacing;
    std::vector<double> row;
    for (const auto& component : components) row.push_back(component.along[a].density(x));
    axis.factors.push_back(std::move(row));
    axis.log_target.push_back(target.log_density(x));
  }
  return axis;
}

/// The sum over the axes from `a` down, given the products of the axes above.
long double sum_from(const std::vector<Nodes>& axes, std::size_t a,
                     const std::vector<double>& products, double log_target,
                     double (*term)(double, double)) {
  const Nodes& axis = axes[a];
  long double total = 0;
  std::vector<double> next(products.size());
  for (std::size_t i = 0; i < axis.factors.size(); ++i) {
    double p = 0;
    for (std::size_t k = 0; k < products.size(); ++k) {
      next[k] = products[k] * axis.factors[i][k];
      p += next[k];
    }
    const double log_q = log_target + axis.log_target[i];
    total += a == 0 ? term(std::log(p), log_q) : sum_from(axes, a - 1, next, log_q, term);
  }
  return total * axis.spacing;
}

}  // namespace

std::optional<double> trapezoid(int dimension, const std::vector<Component>& components,
                                const Spread& target, bool cover_target,
                                double (*term)(double, double)) {
  std::vector<double> weights;
  for (const auto& component : components) weights.push_back(component.weight);
  std::optional<double> last;
  for (int per_sd = 1;; per_sd *= 2) {
    double points = 1;
    std::vector<Extent> extents;
    const auto axes_in_use = static_cast<std::size_t>(dimension);
    for (std::size_t a = 0; a < axes_in_use; ++a) {
      extents.push_back(extent(a, components, target, cover_target));
      points *= (extents[a].upper - extents[a].lower) / extents[a].finest * per_sd;
    }
    if (!(points <= most_points)) return std::nullopt;
    std::vector<Nodes> axes;
    for (std::size_t a = 0; a < axes_in_use; ++a) {
      axes.push_back(nodes(a, components, target, extents[a], per_sd));
    }
    const auto value = static_cast<double>(sum_from(axes, axes_in_use - 1, weights, 0, term));
    if (last && std::abs(value - *last) <= settled * std::max(1.0, std::abs(value))) return value;
    last = value;
  }
}

}  // namespace feller
