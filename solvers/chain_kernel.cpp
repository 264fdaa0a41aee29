#include "solvers/chain_kernel.hpp"

#include <fmt/format.h>
#include <petscao.h>
#include <petscdmda.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "solvers/functionals.hpp"

namespace feller {
namespace {

/// Beyond this a weight underflows.
constexpr double largest_exponent = 700;

/// PETSc counts entries in 32 bits.
constexpr double most_entries = 2e9;

/// Row L of a kernel along one axis: what comes from the cells `first`, first + 1, ...
struct AxisRow {
  int first;
  std::vector<double> weights;
};

/// A kernel along one axis, each column scaled to the sum 1.
class AxisKernel {
 public:
  AxisKernel(const Axis& axis, double log_survival)
      : axis_{axis}, shrink_{std::exp(log_survival / 2)} {
    const double h = axis.width(0);
    variance_ = -std::expm1(log_survival) * (1 + h * h / 12);
    reach_ = std::sqrt(2 * variance_ * largest_exponent);
  }

  /// Entries of row L.
  int width(int l) const {
    const auto [first, last] = columns(l);
    return last - first + 1;
  }
  /// To be called before rows are asked for.
  void scale_columns() {
    for (int k = 0; k < axis_.cells; ++k) {
      long double sum = 0;
      const double x = shrink_ * axis_.centre(k);
      const auto [first, last] = cells_in(x - reach_, x + reach_);
      for (int l = first; l <= last; ++l) sum += bell(l, k);
      sums_.push_back(static_cast<double>(sum));
    }
  }
  AxisRow row(int l) const {
    const auto [first, last] = columns(l);
    AxisRow row{first, {}};
    row.weights.reserve(static_cast<std::size_t>(last - first + 1));
    for (int k = first; k <= last; ++k) {
      row.weights.push_back(bell(l, k) / sums_[static_cast<std::size_t>(k)]);
    }
    return row;
  }

 private:
  double bell(int l, int k) const {
    const double d = axis_.centre(l) - shrink_ * axis_.centre(k);
    return std::exp(-d * d / (2 * variance_));
  }
  std::pair<int, int> columns(int l) const {
    return cells_in((axis_.centre(l) - reach_) / shrink_, (axis_.centre(l) + reach_) / shrink_);
  }
  std::pair<int, int> cells_in(double low, double high) const {
    const double h = axis_.width(0);
    const double most = axis_.cells - 1;
    return {static_cast<int>(std::clamp(std::ceil((low - axis_.centre(0)) / h), 0.0, most)),
            static_cast<int>(std::clamp(std::floor((high - axis_.centre(0)) / h), 0.0, most))};
  }

  const Axis& axis_;
  double shrink_;
  double variance_ = 0;
  double reach_ = 0;
  std::vector<double> sums_;
};

}  // namespace

bool ChainKernel::fits(const Grid& grid) {
  double most = 0;
  for (const auto& axis : grid.axes()) {
    most = std::max(most, static_cast<double>(grid.owned().size()) * axis.cells);
  }
  return maximum(grid.comm(), most) < most_entries;
}

bool ChainKernel::resolves(const Grid& grid, double log_survival) {
  const double sd = std::sqrt(-std::expm1(log_survival));
  for (const auto& axis : grid.axes()) {
    if (!(sd >= narrowest * axis.width(0))) return false;
  }
  return true;
}

ChainKernel::ChainKernel(const Grid& grid, double log_survival) {
  if (!grid.is_uniform()) throw InputError("the chain's kernels need equal cells along each axis");
  if (!resolves(grid, log_survival)) {
    throw InputError(
        fmt::format("the noise of a step, of standard deviation {:.3g}, is narrower than {} cells",
                    std::sqrt(-std::expm1(log_survival)), narrowest));
  }
  if (!fits(grid)) throw InputError("a kernel of the chain has too many entries on a rank");
  for (std::size_t a = 0; a < grid.axes().size(); ++a) {
    matrices_[a] = along(grid, a, log_survival);
  }
}

MatrixHandle ChainKernel::along(const Grid& grid, std::size_t axis, double log_survival) {
  AxisKernel kernel{grid.axis(static_cast<int>(axis)), log_survival};
  const Box& box = grid.owned();
  const int first = box.start[axis], count = box.count[axis];
  const PetscInt rows = box.size();
  double entries = 0;
  for (int l = first; l < first + count; ++l) entries += kernel.width(l);
  entries *= static_cast<double>(rows) / count;
  entries_ += static_cast<double>(sum(grid.comm(), static_cast<long double>(entries)));

  // Rows of the axis that this rank needs; the same for all lines of cells along it.
  kernel.scale_columns();
  std::vector<AxisRow> rows_of_axis;
  for (int l = first; l < first + count; ++l) rows_of_axis.push_back(kernel.row(l));
  AO numbering = nullptr;  // belongs to the mesh
  check(DMDAGetAO(grid.mesh(), &numbering));
  std::vector<PetscInt> starts{0}, columns;
  std::vector<double> values;
  for_each(box, [&](const Index& cell) {
    const AxisRow& row = rows_of_axis[static_cast<std::size_t>(cell[axis] - first)];
    Index from = cell;
    for (std::size_t n = 0; n < row.weights.size(); ++n) {
      from[axis] = row.first + static_cast<int>(n);
      columns.push_back(grid.natural(from));
      values.push_back(row.weights[n]);
    }
    starts.push_back(static_cast<PetscInt>(columns.size()));
  });
  check(AOApplicationToPetsc(numbering, static_cast<PetscInt>(columns.size()), columns.data()));
  MatrixHandle matrix;
  check(MatCreateMPIAIJWithArrays(grid.comm(), rows, rows, PETSC_DETERMINE, PETSC_DETERMINE,
                                  starts.data(), columns.data(), values.data(), matrix.put()));
  return matrix;
}

Field ChainKernel::forward(Field density) const {
  for (const auto& matrix : matrices_) {
    if (!matrix) continue;
    Field next{density.grid()};
    check(MatMult(matrix.get(), density.vector(), next.vector()));
    density = std::move(next);
  }
  return density;
}

Field ChainKernel::backward(Field g) const {
  for (const auto& matrix : matrices_) {
    if (!matrix) continue;
    Field next{g.grid()};
    check(MatMultTranspose(matrix.get(), g.vector(), next.vector()));
    g = std::move(next);
  }
  return g;
}

Field log_standard_normal(const Grid& grid) {
  const auto log_density = [&](const Index& cell) {
    double sum = 0;
    for (std::size_t a = 0; a < grid.axes().size(); ++a) {
      const Axis& axis = grid.axes()[a];
      const double x = axis.centre(cell[a]), h = axis.width(0), variance = 1 + h * h / 12;
      sum -= (x * x / variance + std::log(2 * std::numbers::pi * variance)) / 2;
    }
    return sum;
  };
  Field log_w = fill(grid, log_density);
  const double excess =
      std::log(mass(transformed(log_w, [](double value) { return std::exp(value); })));
  return transformed(log_w, [excess](double value) { return value - excess; });
}

}  // namespace feller
