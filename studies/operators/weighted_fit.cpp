#include "studies/operators/weighted_fit.hpp"

#include <algorithm>
#include <cmath>

namespace feller {
namespace {

using Matrix3 = std::array<std::array<double, 3>, 3>;

Matrix3 inverse(const Matrix3& a) {
  const auto cofactor = [&](std::size_t i, std::size_t j) {
    const std::size_t r = (i + 1) % 3, s = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;
    return a[r][c] * a[s][d] - a[r][d] * a[s][c];
  };
  const double determinant =
      a[0][0] * cofactor(0, 0) + a[0][1] * cofactor(0, 1) + a[0][2] * cofactor(0, 2);
  Matrix3 result{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) result[i][j] = cofactor(j, i) / determinant;
  }
  return result;
}

}  // namespace

Parabola fit_parabola(std::span<const double> x, std::span<const double> y,
                      std::span<const double> sigma) {
  // In units of the largest |x|, so that the normal equations are well scaled.
  double unit = 0;
  for (const double value : x) unit = std::max(unit, std::abs(value));
  Matrix3 normal{};
  std::array<double, 3> right{};
  for (std::size_t k = 0; k < x.size(); ++k) {
    const double weight = 1 / (sigma[k] * sigma[k]), t = x[k] / unit;
    const std::array<double, 3> powers{1, t, t * t};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) normal[i][j] += weight * powers[i] * powers[j];
      right[i] += weight * powers[i] * y[k];
    }
  }
  const Matrix3 covariance = inverse(normal);
  Parabola fit{};
  double scale = 1;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) fit.coefficients[i] += covariance[i][j] * right[j] / scale;
    fit.errors[i] = std::sqrt(covariance[i][i]) / scale;
    scale *= unit;
  }
  return fit;
}

}  // namespace feller
