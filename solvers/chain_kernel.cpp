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

/// A kernel along one axis: column K is `weight(L, K)` for L in `first..last`.
class AxisKernel {
 public:
  AxisKernel(const Axis& axis, double log_survival)
      : axis_{axis}, shrink_{std::exp(log_survival / 2)} {
    const double h = axis.width(0);
    variance_ = -std::expm1(log_survival) * (1 + h * h / 12);
    reach_ = std::sqrt(2 * variance_ * largest_exponent);
    for (int k = 0; k < axis.cells; ++k) {
      long double sum = 0;
      const auto [first, last] = cells_near(shrink_ * axis.centre(k));
      for (int l = first; l <= last; ++l) sum += bell(l, k);
      sums_.push_back(static_cast<double>(sum));
    }
  }

  double weight(int l, int k) const { return bell(l, k) / sums_[static_cast<std::size_t>(k)]; }

  /// Columns with an entry in row L.
  std::pair<int, int> columns(int l) const {
    const auto [first, last] =
        cells_in((axis_.centre(l) - reach_) / shrink_, (axis_.centre(l) + reach_) / shrink_);
    return {first, last};
  }

 private:
  double bell(int l, int k) const {
    const double d = axis_.centre(l) - shrink_ * axis_.centre(k);
    return std::exp(-d * d / (2 * variance_));
  }
  std::pair<int, int> cells_near(double x) const { return cells_in(x - reach_, x + reach_); }
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
  for (std::size_t a = 0; a < grid.axes().size(); ++a) {
    matrices_[a] = along(grid, a, log_survival);
  }
}

MatrixHandle ChainKernel::along(const Grid& grid, std::size_t axis, double log_survival) const {
  const AxisKernel kernel{grid.axis(static_cast<int>(axis)), log_survival};
  const Box& box = grid.owned();
  AO numbering = nullptr;  // belongs to the mesh
  check(DMDAGetAO(grid.mesh(), &numbering));

  const PetscInt rows = box.size();
  std::vector<PetscInt> starts{0}, columns;
  std::vector<double> values;
  for_each(box, [&](const Index& cell) {
    const auto [first, last] = kernel.columns(cell[axis]);
    Index from = cell;
    for (int k = first; k <= last; ++k) {
      const double weight = kernel.weight(cell[axis], k);
      if (weight == 0) continue;
      from[axis] = k;
      columns.push_back(grid.natural(from));
      values.push_back(weight);
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
