#include "solvers/cosine_transform.hpp"

#include <cmath>
#include <numbers>

namespace feller {
namespace {

/// n x n, column by column: all frequencies of a cell stand together.
std::vector<double> cosine_columns(int n) {
  std::vector<double> columns;
  for (long i = 0; i < n; ++i) {
    for (long k = 0; k < n; ++k) {
      const double scale = std::sqrt((k == 0 ? 1.0 : 2.0) / n);
      const long turns = k * (2 * i + 1) % (4L * n);  // of 4n, exactly
      columns.push_back(scale *
                        std::cos(std::numbers::pi * static_cast<double>(turns) / (2.0 * n)));
    }
  }
  return columns;
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

/// The matrix times each of the lines, all frequencies side by side.
std::vector<double> product(const std::vector<double>& columns, std::size_t n,
                            const std::vector<double>& lines) {
  std::vector<double> result(lines.size());
  for (std::size_t start = 0; start < lines.size(); start += n) {
    double* out = result.data() + start;
    for (std::size_t i = 0; i < n; ++i) {
      const double* column = columns.data() + i * n;
      const double value = lines[start + i];
      for (std::size_t k = 0; k < n; ++k) out[k] += column[k] * value;
    }
  }
  return result;
}

}  // namespace

CosineTransform::CosineTransform(const Grid& grid) {
  for (int a = 0; a < grid.dimension(); ++a) {
    const int length = grid.axis(a).cells;
    axes_.push_back({cosine_columns(length), length, Relabelling{grid, cells_of_lines(grid, a)}});
  }
}

Field CosineTransform::operator()(Field field) const {
  for (const auto& axis : axes_) {
    const auto lines = axis.order.fetch(field);
    field = axis.order.put(product(axis.columns, static_cast<std::size_t>(axis.length), lines));
  }
  return field;
}

}  // namespace feller
