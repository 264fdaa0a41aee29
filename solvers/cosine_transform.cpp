#include "solvers/cosine_transform.hpp"

#include <cmath>
#include <numbers>

namespace feller {
namespace {

std::vector<double> cosine_matrix(int n) {
  std::vector<double> matrix;
  for (long k = 0; k < n; ++k) {
    const double scale = std::sqrt((k == 0 ? 1.0 : 2.0) / n);
    for (long i = 0; i < n; ++i) {
      const long turns = k * (2 * i + 1) % (4L * n);  // of 4n, exactly
      matrix.push_back(scale * std::cos(std::numbers::pi * static_cast<double>(turns) / (2.0 * n)));
    }
  }
  return matrix;
}

/// The cells of this rank's share of all lines along an axis, line by line.
std::vector<PetscInt> cells_of_lines(const Grid& grid, int axis) {
  const PetscInt length = grid.axis(axis).cells, lines = grid.cells() / length;
  PetscInt stride = 1;
  for (int a = 0; a < axis; ++a) stride *= grid.axis(a).cells;
  const PetscInt rank = rank_of(grid.comm()), ranks = size_of(grid.comm());
  std::vector<PetscInt> cells;
  for (PetscInt line = lines * rank / ranks; line < lines * (rank + 1) / ranks; ++line) {
    const PetscInt start = line / stride * stride * length + line % stride;
    for (PetscInt i = 0; i < length; ++i) cells.push_back(start + i * stride);
  }
  return cells;
}

/// matrix times each of the lines.
std::vector<double> product(const std::vector<double>& matrix, std::size_t n,
                            const std::vector<double>& lines) {
  std::vector<double> result(lines.size());
  for (std::size_t start = 0; start < lines.size(); start += n) {
    for (std::size_t k = 0; k < n; ++k) {
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += matrix[k * n + i] * lines[start + i];
      result[start + k] = sum;
    }
  }
  return result;
}

}  // namespace

CosineTransform::CosineTransform(const Grid& grid) {
  for (int a = 0; a < grid.dimension(); ++a) {
    const int length = grid.axis(a).cells;
    axes_.push_back({cosine_matrix(length), length, Relabelling{grid, cells_of_lines(grid, a)}});
  }
}

Field CosineTransform::operator()(Field field) const {
  for (const auto& axis : axes_) {
    const auto lines = axis.order.fetch(field);
    field = axis.order.put(product(axis.matrix, static_cast<std::size_t>(axis.length), lines));
  }
  return field;
}

}  // namespace feller
