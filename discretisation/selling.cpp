#include "discretisation/selling.hpp"

#include <petscblaslapack.h>

#include <algorithm>
#include <cmath>

namespace feller {
namespace {

Index minus(const Index& a) {
  return {-a[0], -a[1], -a[2]};
}

Index plus(const Index& a, const Index& b) {
  return {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
}

Index cross(const Index& a, const Index& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

double product(const Tensor& m, const Index& a, const Index& b) {
  double total = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) total += a[i] * m[i][j] * b[j];
  }
  return total;
}

/// e and -e are the same family of faces.
Index oriented(const Index& e) {
  for (std::size_t a = 3; a-- > 0;) {
    if (e[a] != 0) return e[a] > 0 ? e : minus(e);
  }
  return e;
}

int length(const Index& e) {
  return std::max({std::abs(e[0]), std::abs(e[1]), std::abs(e[2])});
}

/// d + 1 vectors that sum to 0; in 2-D the fourth is not used.
using Superbase = std::array<Index, 4>;

/// One of Selling's steps, if some pair is not obtuse.
bool improve(Superbase& b, const Tensor& m, int dimension, double tolerance) {
  const auto n = static_cast<std::size_t>(dimension) + 1;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      if (product(m, b[i], b[j]) <= tolerance) continue;
      const Index flipped = b[i];
      Superbase next = b;
      next[i] = minus(flipped);
      if (dimension == 2) {
        next[3 - i - j] = plus(flipped, minus(b[j]));
      } else {
        for (std::size_t k = 0; k < n; ++k) {
          if (k != i && k != j) next[k] = plus(b[k], flipped);
        }
      }
      b = next;
      return true;
    }
  }
  return false;
}

/// The offset that goes with the pair (i, j): perpendicular to the other vectors.
Index dual(const Superbase& b, int dimension, std::size_t i, std::size_t j) {
  if (dimension == 2) {
    const Index& other = b[3 - i - j];
    return {-other[1], other[0], 0};
  }
  std::array<std::size_t, 2> rest{};
  std::size_t found = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    if (k != i && k != j) rest[found++] = k;
  }
  return cross(b[rest[0]], b[rest[1]]);
}

}  // namespace

std::optional<std::vector<OffsetWeight>> selling(const Tensor& matrix, int dimension, int longest) {
  const double trace = matrix[0][0] + matrix[1][1] + matrix[2][2];
  if (dimension == 1) return std::vector<OffsetWeight>{{{1, 0, 0}, matrix[0][0]}};
  const double round_off = 1e-14 * trace;
  Superbase b = dimension == 2 ? Superbase{{{1, 0, 0}, {0, 1, 0}, {-1, -1, 0}, {0, 0, 0}}}
                               : Superbase{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {-1, -1, -1}}};
  while (improve(b, matrix, dimension, round_off)) {
    if (std::ranges::any_of(b, [&](const Index& v) { return length(v) > 4 * longest; })) {
      return std::nullopt;
    }
  }
  std::vector<OffsetWeight> found;
  const auto n = static_cast<std::size_t>(dimension) + 1;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      const double weight = -product(matrix, b[i], b[j]);
      if (weight <= round_off) continue;
      const Index offset = oriented(dual(b, dimension, i, j));
      if (length(offset) > longest) return std::nullopt;
      found.push_back({offset, weight});
    }
  }
  return found;
}

Eigen eigen(const Tensor& matrix, int dimension) {
  std::array<double, 9> packed{};
  const auto n = static_cast<std::size_t>(dimension);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) packed[i * n + j] = matrix[i][j];
  }
  Eigen result;
  std::array<double, 32> work{};
  PetscBLASInt size = dimension, room = static_cast<PetscBLASInt>(work.size()), info = 0;
  LAPACKsyev_("V", "U", &size, packed.data(), &size, result.values.data(), work.data(), &room,
              &info);
  if (info != 0) throw LibraryError("LAPACK's syev did not converge");
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) result.vectors[i][j] = packed[i * n + j];
  }
  return result;
}

}  // namespace feller
