#include "studies/score/principal_axes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace feller {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void subtract(Vector& from, double factor, const Vector& what) {
  for (std::size_t i = 0; i < from.size(); ++i) from[i] -= factor * what[i];
}

/// An orthonormal set that grows.
class Axes {
 public:
  /// Adds what is new in a direction, unless it is below `negligible`.
  void add(Vector direction, double negligible) {
    // Twice: the first time leaves round-off of what it took away.
    for (int pass = 0; pass < 2; ++pass) {
      for (const auto& axis : axes_) subtract(direction, dot(direction, axis), axis);
    }
    const double length = std::sqrt(dot(direction, direction));
    if (!(length > negligible)) return;
    for (double& x : direction) x /= length;
    axes_.push_back(std::move(direction));
  }
  Vector coordinates(const Vector& of) const {
    Vector found;
    for (const auto& axis : axes_) found.push_back(dot(of, axis));
    return found;
  }
  std::size_t size() const { return axes_.size(); }

 private:
  std::vector<Vector> axes_;
};

Axes principal(const std::vector<Vector>& offsets, const Vector& shares) {
  const std::size_t count = offsets.size();
  Vector gram(count * count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      gram[i * count + j] = std::sqrt(shares[i] * shares[j]) * dot(offsets[i], offsets[j]);
    }
  }
  const Eigensystem system = symmetric_eigensystem(std::move(gram), count);
  Axes axes;
  for (std::size_t e = 0; e < count; ++e) {
    // Directions of smaller ones are nothing but round-off.
    if (!(system.values[e] > 1e-10 * system.values[0])) break;
    Vector direction(offsets[0].size());
    for (std::size_t k = 0; k < count; ++k) {
      subtract(direction, -system.vectors[e * count + k] * std::sqrt(shares[k]), offsets[k]);
    }
    axes.add(std::move(direction), 0);
  }
  return axes;
}

/// Turns rows and columns p and q so that their entry becomes 0.
void rotate(Vector& a, Vector& vectors, std::size_t size, std::size_t p, std::size_t q) {
  const double off = a[p * size + q];
  if (off == 0) return;
  const double theta = (a[q * size + q] - a[p * size + p]) / (2 * off);
  const double t = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(theta, 1.0));
  const double c = 1 / std::hypot(t, 1.0), s = t * c;
  const auto turn = [&](double& x, double& y) {
    const double old = x;
    x = c * old - s * y;
    y = s * old + c * y;
  };
  for (std::size_t k = 0; k < size; ++k) turn(a[k * size + p], a[k * size + q]);
  for (std::size_t k = 0; k < size; ++k) turn(a[p * size + k], a[q * size + k]);
  for (std::size_t k = 0; k < size; ++k) turn(vectors[p * size + k], vectors[q * size + k]);
}

}  // namespace

Eigensystem symmetric_eigensystem(std::vector<double> matrix, std::size_t size) {
  Vector vectors(size * size);
  for (std::size_t i = 0; i < size; ++i) vectors[i * size + i] = 1;
  constexpr int most_sweeps = 60;
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    double off = 0, all = 0;
    for (std::size_t i = 0; i < size * size; ++i) {
      all += matrix[i] * matrix[i];
      if (i / size != i % size) off += matrix[i] * matrix[i];
    }
    if (off <= 1e-34 * all) break;
    for (std::size_t p = 0; p < size; ++p) {
      for (std::size_t q = p + 1; q < size; ++q) rotate(matrix, vectors, size, p, q);
    }
  }
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater{},
                           [&](std::size_t i) { return matrix[i * size + i]; });
  Eigensystem found;
  for (const std::size_t i : order) {
    found.values.push_back(matrix[i * size + i]);
    const auto row = vectors.begin() + static_cast<std::ptrdiff_t>(i * size);
    found.vectors.insert(found.vectors.end(), row, row + static_cast<std::ptrdiff_t>(size));
  }
  return found;
}

PrincipalPoints in_principal_axes(const Clusters& points,
                                  const std::vector<std::vector<double>>& others) {
  const auto centre = points.mean();
  const auto n = static_cast<std::ptrdiff_t>(points.dimension);
  std::vector<Vector> offsets;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const auto row = points.means.begin() + static_cast<std::ptrdiff_t>(k) * n;
    offsets.emplace_back(row, row + n);
  }
  offsets.insert(offsets.end(), others.begin(), others.end());
  double largest = 0;
  for (auto& offset : offsets) {
    subtract(offset, 1, centre);
    largest = std::max(largest, std::sqrt(dot(offset, offset)));
  }
  const std::vector<Vector> own(offsets.begin(),
                                offsets.begin() + static_cast<std::ptrdiff_t>(points.size()));
  Axes axes = principal(own, points.shares());
  for (const auto& offset : offsets) axes.add(offset, 1e-13 * largest);
  PrincipalPoints found{.points = points, .others = {}};
  found.points.dimension = axes.size();
  found.points.means.clear();
  for (std::size_t k = 0; k < offsets.size(); ++k) {
    const Vector at = axes.coordinates(offsets[k]);
    if (k < points.size()) {
      found.points.means.insert(found.points.means.end(), at.begin(), at.end());
    } else {
      found.others.push_back(at);
    }
  }
  return found;
}

}  // namespace feller
