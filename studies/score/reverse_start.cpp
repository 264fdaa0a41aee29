#include "studies/score/reverse_start.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "problems/processes/mixture.hpp"
#include "problems/processes/normal.hpp"

namespace feller {
namespace {

/// Half the width of integrals in standard deviations, and points on one: exp(-2 pi^2 20^2) and
/// less is what the trapezoidal rule leaves of a normal density.
constexpr double width = 10;
constexpr int points = 20;

Mixture noised(const Clusters& clusters, double t) {
  std::vector<Component> components;
  for (std::size_t k = 0; k < clusters.size(); ++k) {
    const double mean = clusters.means[k], sd = std::sqrt(clusters.variances[k] + t);
    components.push_back({.weight = clusters.weights[k], .along = {Spread{mean, mean, sd}}});
  }
  return {1, components};
}

double below(const Mixture& law, double x) {
  double sum = 0;
  for (const auto& [weight, along] : law.components()) sum += weight * along[0].below(x);
  return sum;
}

double above(const Mixture& law, double x) {
  double sum = 0;
  for (const auto& [weight, along] : law.components()) sum += weight * along[0].above(x);
  return sum;
}

/// The point of `to` that has the quantile of x in `from`; by the nearer tail, for its digits.
double transported(const Mixture& from, const Mixture& to, double x) {
  if (std::isinf(x)) return x;
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const auto& [weight, along] : to.components()) {
    low = std::min(low, along[0].mean() - 40 * along[0].sd);
    high = std::max(high, along[0].mean() + 40 * along[0].sd);
  }
  const double tail = below(from, x), upper = above(from, x);
  for (int i = 0; i < 100; ++i) {
    const double middle = low + (high - low) / 2;
    const bool left = tail < upper ? below(to, middle) < tail : above(to, middle) > upper;
    (left ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

/// Mean of f over N(0, T).
double mean_over_normal(double T, const std::function<double(double)>& f) {
  double sum = 0;
  for (int i = -static_cast<int>(width * points); i <= width * points; ++i) {
    const double u = static_cast<double>(i) / points;
    sum += normal_density(u) / points * f(std::sqrt(T) * u);
  }
  return sum;
}

/// What both have in common.
class FromNormal : public Law {
 public:
  FromNormal(const Clusters& clusters, double T, double t0)
      : first_{noised(clusters, T)}, last_{noised(clusters, t0)}, T_{T}, t0_{t0} {}

  std::optional<double> entropy() const override { return std::nullopt; }
  double mass_outside(const Region& box) const override {
    return probability({{-Region::infinity}, {box.lower[0]}}) +
           probability({{box.upper[0]}, {Region::infinity}});
  }
  Moments moments() const override {
    Moments found;
    const double mean = mean_of(1, 0), square = mean_of(2, mean);
    found.mean[0] = mean;
    found.covariance[0][0] = square;
    return found;
  }

 protected:
  /// E (z_0 - centre)^power, power 1 or 2.
  virtual double mean_of(int power, double centre) const = 0;

  Mixture first_, last_;  ///< p_T, p_t0
  double T_, t0_;
};

class FlowFromNormal : public FromNormal {
 public:
  using FromNormal::FromNormal;

  double density(const Point& x) const override {
    const double z = transported(last_, first_, x[0]);
    const double start = Spread{0, 0, std::sqrt(T_)}.log_density(z);
    return std::exp(start + last_.log_density(x) - first_.log_density({z, 0, 0}));
  }
  double probability(const Region& cell) const override {
    return Spread{0, 0, std::sqrt(T_)}.between(transported(last_, first_, cell.lower[0]),
                                               transported(last_, first_, cell.upper[0]));
  }

 protected:
  double mean_of(int power, double centre) const override {
    return mean_over_normal(
        T_, [&](double z) { return std::pow(transported(first_, last_, z) - centre, power); });
  }
};

class BridgeFromNormal : public FromNormal {
 public:
  using FromNormal::FromNormal;

  double density(const Point& x) const override {
    return average([&](const Spread& law) { return law.density(x[0]); });
  }
  double probability(const Region& cell) const override {
    return average([&](const Spread& law) { return law.between(cell.lower[0], cell.upper[0]); });
  }

 protected:
  double mean_of(int power, double centre) const override {
    return average([&](const Spread& law) {
      const double offset = law.mean() - centre;
      return power == 1 ? offset : offset * offset + law.variance();
    });
  }

 private:
  /// Mean over z_T and clusters of f(law of z_0 given both).
  double average(const std::function<double(const Spread&)>& f) const {
    return mean_over_normal(T_, [&](double z) {
      const double log_density = first_.log_density({z, 0, 0});
      double sum = 0;
      for (std::size_t k = 0; k < first_.components().size(); ++k) {
        const auto& [weight, along] = first_.components()[k];
        const double share = weight * std::exp(along[0].log_density(z) - log_density);
        const double kept = std::pow(last_.components()[k].along[0].sd / along[0].sd, 2);
        const double mean = along[0].mean() + kept * (z - along[0].mean());
        sum += share * f({mean, mean, std::sqrt(kept * (T_ - t0_))});
      }
      return sum;
    });
  }
};

}  // namespace

std::unique_ptr<Law> flow_from_normal(const Clusters& clusters, double T, double t0) {
  return std::make_unique<FlowFromNormal>(clusters, T, t0);
}

std::unique_ptr<Law> bridge_from_normal(const Clusters& clusters, double T, double t0) {
  return std::make_unique<BridgeFromNormal>(clusters, T, t0);
}

double relative_entropy(const Law& q, const Clusters& clusters, double t) {
  const Mixture p = noised(clusters, t);
  double low = HUGE_VAL, high = -HUGE_VAL, narrow = HUGE_VAL;
  for (const auto& [weight, along] : p.components()) {
    low = std::min(low, along[0].mean() - width * along[0].sd);
    high = std::max(high, along[0].mean() + width * along[0].sd);
    narrow = std::min(narrow, along[0].sd);
  }
  const int count = static_cast<int>(std::ceil((high - low) / narrow * points));
  const double spacing = (high - low) / count;
  double sum = 0;
  for (int i = 0; i <= count; ++i) {
    const Point x{low + i * spacing, 0, 0};
    const double density = q.density(x);
    if (density > 0) sum += density * (std::log(density) - p.log_density(x)) * spacing;
  }
  return sum;
}

double start_entropy(const Clusters& clusters, double T) {
  if (clusters.dimension == 1) {
    const Mixture p = noised(clusters, T);
    const Spread start{0, 0, std::sqrt(T)};
    return mean_over_normal(T, [&](double z) {
      return start.log_density(z) - p.log_density({z, 0, 0});
    });
  }
  const auto shares = clusters.shares();
  double sum = 0;
  for (std::size_t k = 0; k < clusters.size(); ++k) {
    const double a = clusters.variances[k] + T, ratio = T / a;
    const auto n = static_cast<double>(clusters.dimension);
    double squares = 0;
    for (std::size_t i = 0; i < clusters.dimension; ++i) {
      squares += std::pow(clusters.means[k * clusters.dimension + i], 2);
    }
    sum += shares[k] * (n * (ratio - 1 - std::log(ratio)) + squares / a) / 2;
  }
  return sum;
}

}  // namespace feller
