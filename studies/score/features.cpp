#include "studies/score/features.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace feller {
namespace {

using Values = std::span<double>;

void monomials(const FeaturePlan&, double x, Values values) {
  values[0] = 1;
  for (std::size_t k = 1; k < values.size(); ++k) values[k] = x * values[k - 1];
}

/// sqrt(k + 1) h_(k+1) = x h_k - sqrt(k) h_(k-1).
void hermite(const FeaturePlan&, double x, Values values) {
  values[0] = 1;
  for (std::size_t k = 0; k + 1 < values.size(); ++k) {
    const double before = k > 0 ? std::sqrt(static_cast<double>(k)) * values[k - 1] : 0;
    values[k + 1] = (x * values[k] - before) / std::sqrt(static_cast<double>(k + 1));
  }
}

void radial(const FeaturePlan& plan, double x, Values values) {
  const double h = 2 * plan.reach / (plan.count - 1);
  const double within = std::clamp(x, -plan.reach, plan.reach);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double apart = (within + plan.reach) / h - static_cast<double>(k);
    values[k] = std::exp(-apart * apart / 2);
  }
}

/// The four that are not 0 between two knots.
void splines(const FeaturePlan& plan, double x, Values values) {
  std::ranges::fill(values, 0);
  const int pieces = plan.count - 3;
  const double at = (std::clamp(x, -plan.reach, plan.reach) + plan.reach) / (2 * plan.reach);
  const int piece = std::min(pieces - 1, static_cast<int>(at * pieces));
  const double u = at * pieces - piece, w = 1 - u;
  const auto first = static_cast<std::size_t>(piece);
  values[first] = w * w * w / 6;
  values[first + 1] = (3 * u * u * u - 6 * u * u + 4) / 6;
  values[first + 2] = (3 * w * w * w - 6 * w * w + 4) / 6;
  values[first + 3] = u * u * u / 6;
}

struct Kind {
  const char* name;
  FeatureKind kind;
  void (*values)(const FeaturePlan& plan, double x, Values values);
};

constexpr std::array kinds{Kind{"monomials", FeatureKind::monomials, monomials},
                           Kind{"hermite", FeatureKind::hermite, hermite},
                           Kind{"radial", FeatureKind::radial, radial},
                           Kind{"splines", FeatureKind::splines, splines}};

const Kind& kind_of(FeatureKind kind) {
  return *std::ranges::find(kinds, kind, &Kind::kind);
}

/// Legendre's polynomials, of mean square 1 over -1 ... 1.
void legendre(double tau, Values values) {
  double before = 0, now = 1;
  for (std::size_t j = 0; j < values.size(); ++j) {
    const auto n = static_cast<double>(j);
    values[j] = std::sqrt(2 * n + 1) * now;
    const double next = ((2 * n + 1) * tau * now - n * before) / (n + 1);
    before = now;
    now = next;
  }
}

std::vector<std::array<int, 3>> products_of(const FeaturePlan& plan, int dimension) {
  std::vector<std::array<int, 3>> products;
  const bool by_degree = is_polynomial(plan.kind);
  std::array<int, 3> ends{1, 1, 1};
  for (int a = 0; a < dimension; ++a) ends[static_cast<std::size_t>(a)] = plan.count;
  for (int i = 0; i < ends[0]; ++i) {
    for (int j = 0; j < ends[1]; ++j) {
      for (int k = 0; k < ends[2]; ++k) {
        if (!by_degree || i + j + k < plan.count) products.push_back({i, j, k});
      }
    }
  }
  return products;
}

}  // namespace

FeatureKind feature_kind(const std::string& name) {
  for (const auto& kind : kinds) {
    if (name == kind.name) return kind.kind;
  }
  throw std::invalid_argument("no features of the name " + name);
}

bool is_polynomial(FeatureKind kind) {
  return kind == FeatureKind::monomials || kind == FeatureKind::hermite;
}

double mean_variance(const Mixture& population) {
  const Moments moments = population.moments();
  double sum = 0;
  for (std::size_t a = 0; a < 3; ++a) sum += moments.covariance[a][a];
  return sum / population.dimension();
}

int feature_count(const FeaturePlan& plan, int dimension) {
  return static_cast<int>(products_of(plan, dimension).size()) * plan.in_time;
}

Features::Features(const Mixture& population, const FeaturePlan& plan)
    : dimension_{population.dimension()},
      plan_{plan},
      mean_{population.moments().mean},
      variance_{mean_variance(population)},
      products_{products_of(plan, population.dimension())} {}

Point Features::argument(double t, const Point& z) const {
  const double scale = std::sqrt(plan_.scaled ? variance_ + t : variance_);
  return {(z[0] - mean_[0]) / scale, (z[1] - mean_[1]) / scale, (z[2] - mean_[2]) / scale};
}

Point Features::place(double t, const Point& x) const {
  const double scale = std::sqrt(plan_.scaled ? variance_ + t : variance_);
  return {mean_[0] + scale * x[0], mean_[1] + scale * x[1], mean_[2] + scale * x[2]};
}

Features Features::of_one_level() const {
  Features one = *this;
  one.plan_.in_time = 1;
  return one;
}

std::vector<double> Features::in_time(double t) const {
  std::vector<double> values(static_cast<std::size_t>(plan_.in_time));
  const bool many = plan_.in_time > 1;
  legendre(many ? 2 * std::log(t / plan_.first) / std::log(plan_.last / plan_.first) - 1 : 0,
           values);
  return values;
}

void Features::operator()(double t, const Point& z, std::span<double> values) const {
  constexpr std::size_t most = 256;
  std::array<double, 3 * most> lines;
  const auto count = static_cast<std::size_t>(plan_.count);
  const Point x = argument(t, z);
  lines[0] = lines[most] = lines[2 * most] = 1;  // of axes that there are not
  for (std::size_t a = 0; a < static_cast<std::size_t>(dimension_); ++a) {
    kind_of(plan_.kind).values(plan_, x[a], std::span{lines}.subspan(a * most, count));
  }
  const bool one = plan_.in_time == 1;
  const auto of_time = one ? std::vector<double>{} : in_time(t);
  std::size_t place = 0;
  for (const auto& [i, j, k] : products_) {
    const double product = lines[static_cast<std::size_t>(i)] *
                           lines[most + static_cast<std::size_t>(j)] *
                           lines[2 * most + static_cast<std::size_t>(k)];
    if (one) values[place++] = product;
    for (const double factor : of_time) values[place++] = product * factor;
  }
}

}  // namespace feller
