#include "solvers/image_quality.hpp"

#include <cmath>

#include "discretisation/smoothing.hpp"

namespace feller {
namespace {

constexpr double peak = 255;
constexpr double window = 1.5;  ///< sigma [pixel]
constexpr double c1 = (0.01 * peak) * (0.01 * peak);
constexpr double c2 = (0.03 * peak) * (0.03 * peak);

/// Sum over the set of term(u, v).
template <class Term>
double sum_over(const Field& u, const Field& v, const Field& set, Term&& term) {
  long double own = 0;
  auto a = u.values().begin();
  auto b = v.values().begin();
  for (const double in : set.values()) {
    if (in == 1) own += term(*a, *b);
    ++a;
    ++b;
  }
  return static_cast<double>(sum(set.grid().comm(), own));
}

/// smoothed(a b) - mean_a mean_b.
Field covariance(const Field& a, const Field& b, const Field& mean_a, const Field& mean_b) {
  Field product{a};
  check(VecPointwiseMult(product.vector(), a.vector(), b.vector()));
  product = smoothed(product, window);
  Field means{mean_a};
  check(VecPointwiseMult(means.vector(), mean_a.vector(), mean_b.vector()));
  check(VecAXPY(product.vector(), -1, means.vector()));
  return product;
}

}  // namespace

double matching_factor(const Field& u, const Field& v, const Field& set) {
  const double both = sum_over(u, v, set, [](double a, double b) { return a * b; });
  const double square = sum_over(u, v, set, [](double a, double) { return a * a; });
  return square > 0 ? both / square : 1;
}

double psnr(const Field& u, const Field& v, const Field& set) {
  const double squares = sum_over(u, v, set, [](double a, double b) { return (a - b) * (a - b); });
  const double pixels = sum_over(u, v, set, [](double, double) { return 1; });
  return 10 * std::log10(peak * peak * pixels / squares);
}

double ssim(const Field& u, const Field& v, const Field& set) {
  const Field mean_u = smoothed(u, window), mean_v = smoothed(v, window);
  const Field uu = covariance(u, u, mean_u, mean_u), vv = covariance(v, v, mean_v, mean_v);
  const Field uv = covariance(u, v, mean_u, mean_v);
  Field map{u};
  const auto value = map.values();
  const auto a = mean_u.values(), b = mean_v.values();
  const auto saa = uu.values(), sbb = vv.values(), sab = uv.values();
  for (std::size_t i = 0; i < value.size(); ++i) {
    value[i] = (2 * a[i] * b[i] + c1) * (2 * sab[i] + c2) /
               ((a[i] * a[i] + b[i] * b[i] + c1) * (saa[i] + sbb[i] + c2));
  }
  const double all = sum_over(map, map, set, [](double s, double) { return s; });
  return all / sum_over(map, map, set, [](double, double) { return 1; });
}

}  // namespace feller
