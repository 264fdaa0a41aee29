#include "solvers/multigrid.hpp"

#include <algorithm>

namespace feller {
namespace {

constexpr int smallest = 64;  ///< cells that are not worth a coarser plane

int place_of(const Index& step) {
  for (std::size_t p = 0; p < Stencil::steps.size(); ++p) {
    if (Stencil::steps[p][0] == step[0] && Stencil::steps[p][1] == step[1])
      return static_cast<int>(p);
  }
  return -1;
}

Index opposite(const Index& step) {
  return {-step[0], -step[1], -step[2]};
}

/// S - tau A S, or its transpose.
Stencil implicit_stencil(const Generator& generator, double tau, const Field& scale,
                         bool transposed) {
  const JumpRates& rates = generator.rates();
  const Grid& grid = rates.grid();
  const bool axes_only = rates.families().size() <= 2;
  Stencil matrix{Plane{grid}, axes_only ? 5 : 9};
  const Box& owned = grid.owned();
  const auto row = [&](const Index& k) {
    return matrix.row(matrix.place(k[0] - owned.start[0], k[1] - owned.start[1]));
  };
  const Ghosted s{scale};
  auto out = generator.outflow().values().begin();
  for_each(owned, [&](const Index& k) { row(k)[0] = s[k] * (1 + tau * *out++); });
  for (const auto& family : rates.families()) {
    const Ghosted forth{family.forth}, back{family.back};
    const int above = place_of(family.step), below = place_of(opposite(family.step));
    for_each(owned, [&](const Index& k) {
      const Index up = k + family.step, down = k + opposite(family.step);
      // Row k, column up: what comes from up, back across the face; its transpose leaves k.
      if (grid.inside(up)) row(k)[above] = -tau * (transposed ? forth[k] * s[k] : back[k] * s[up]);
      if (grid.inside(down)) {
        row(k)[below] = -tau * (transposed ? back[down] * s[k] : forth[down] * s[down]);
      }
    });
  }
  matrix.complete();
  return matrix;
}

/// Every rank keeps enough cells for the ghosts of its neighbours.
bool worth_coarsening(const Plane& plane) {
  const Plane next = plane.coarse();
  const double least = plane.is_shared() ? Plane::frame : 1;
  const bool small = std::int64_t{plane.size(0)} * plane.size(1) <= smallest;
  return !small && minimum(plane.comm(), std::min(next.nx(), next.ny())) >= least;
}

void load(const Stencil& matrix, Vec from, Values& to) {
  const Plane& plane = matrix.plane();
  const double* values = nullptr;
  check(VecGetArrayRead(from, &values));
  for (int j = 0; j < plane.ny(); ++j) {
    std::copy_n(values + std::ptrdiff_t{j} * plane.nx(), plane.nx(),
                to.data() + matrix.place(0, j));
  }
  check(VecRestoreArrayRead(from, &values));
}

void store(const Stencil& matrix, const Values& from, Vec to) {
  const Plane& plane = matrix.plane();
  double* values = nullptr;
  check(VecGetArrayWrite(to, &values));
  for (int j = 0; j < plane.ny(); ++j) {
    std::copy_n(from.data() + matrix.place(0, j), plane.nx(),
                values + std::ptrdiff_t{j} * plane.nx());
  }
  check(VecRestoreArrayWrite(to, &values));
}

}  // namespace

bool Multigrid::suits(const JumpRates& rates) {
  const Grid& grid = rates.grid();
  if (grid.dimension() != 2 || grid.axis(0).is_periodic() || grid.axis(1).is_periodic())
    return false;
  const bool near = std::ranges::all_of(
      rates.families(), [](const Faces& faces) { return place_of(faces.step) > 0; });
  const double least = std::min(grid.owned().count[0], grid.owned().count[1]);
  return near && (size_of(grid.comm()) == 1 || minimum(grid.comm(), least) >= Plane::frame);
}

Multigrid::Multigrid(const Generator& generator, double tau, const Field& scale, bool transposed) {
  Stencil matrix = implicit_stencil(generator, tau, scale, transposed);
  for (;;) {
    const bool last = !worth_coarsening(matrix.plane());
    Weights weights = last ? Weights{} : matrix.interpolation();
    Values zero = matrix.field();
    levels_.push_back({std::move(matrix), std::move(weights), {zero, zero, zero}});
    if (last) break;
    matrix = levels_.back().matrix.coarse(levels_.back().weights);
  }
  factor_coarsest();
}

void Multigrid::factor_coarsest() {
  const Stencil& matrix = levels_.back().matrix;
  const Plane& plane = matrix.plane();
  const PetscInt owned = plane.nx() * plane.ny();
  PetscInt first = 0;
  check_mpi(MPI_Exscan(&owned, &first, 1, MPIU_INT, MPI_SUM, plane.comm()));
  Values number = matrix.field();
  for (int j = 0; j < plane.ny(); ++j) {
    for (int i = 0; i < plane.nx(); ++i) {
      number[static_cast<std::size_t>(matrix.place(i, j))] = first + i + double(j) * plane.nx();
    }
  }
  plane.exchange(number, 1);
  check(MatCreateAIJ(plane.comm(), owned, owned, PETSC_DETERMINE, PETSC_DETERMINE, 9, nullptr, 9,
                     nullptr, coarsest_.put()));
  for (int j = 0; j < plane.ny(); ++j) {
    for (int i = 0; i < plane.nx(); ++i) {
      const std::ptrdiff_t here = matrix.place(i, j);
      const double* a = matrix.row(here);
      for (int p = 0; p < matrix.points(); ++p) {
        const auto [dx, dy] = Stencil::steps[static_cast<std::size_t>(p)];
        if (a[p] == 0) continue;
        const auto column = static_cast<std::size_t>(matrix.place(i + dx, j + dy));
        check(MatSetValue(coarsest_.get(),
                          static_cast<PetscInt>(number[static_cast<std::size_t>(here)]),
                          static_cast<PetscInt>(number[column]), a[p], INSERT_VALUES));
      }
    }
  }
  check(MatAssemblyBegin(coarsest_.get(), MAT_FINAL_ASSEMBLY));
  check(MatAssemblyEnd(coarsest_.get(), MAT_FINAL_ASSEMBLY));
  check(MatCreateVecs(coarsest_.get(), solution_.put(), right_.put()));
  check(KSPCreate(plane.comm(), direct_.put()));
  check(KSPSetOperators(direct_.get(), coarsest_.get(), coarsest_.get()));
  check(KSPSetType(direct_.get(), KSPPREONLY));
  PC factor = nullptr;
  check(KSPGetPC(direct_.get(), &factor));
  if (plane.is_shared()) {
    check(PCSetType(factor, PCREDUNDANT));
    KSP inner = nullptr;
    check(PCRedundantGetKSP(factor, &inner));
    check(KSPSetType(inner, KSPPREONLY));
    check(KSPGetPC(inner, &factor));
  }
  check(PCSetType(factor, PCLU));
  // Weights span hundreds of orders of magnitude, and so do the pivots.
  check(PCFactorSetZeroPivot(factor, 0));
  check(KSPSetUp(direct_.get()));
}

void Multigrid::solve_coarsest() {
  Level& level = levels_.back();
  store(level.matrix, level.cycle.b, right_.get());
  check(KSPSolve(direct_.get(), right_.get(), solution_.get()));
  load(level.matrix, solution_.get(), level.cycle.x);
}

/// From x = 0 on each level.
void Multigrid::cycle(std::size_t n) {
  if (n + 1 == levels_.size()) return solve_coarsest();
  Level& level = levels_[n];
  Level& next = levels_[n + 1];
  level.matrix.descend(next.matrix, level.weights, level.cycle, next.cycle.b);
  cycle(n + 1);
  level.matrix.ascend(next.matrix, level.weights, next.cycle.x, level.cycle);
}

std::vector<double> Multigrid::sums() const {
  std::vector<double> all;
  for (const auto& level : levels_) {
    const Plane& plane = level.matrix.plane();
    long double own = 0;
    for (int j = 0; j < plane.ny(); ++j) {
      for (int i = 0; i < plane.nx(); ++i) {
        const double* a = level.matrix.row(level.matrix.place(i, j));
        for (int p = 0; p < level.matrix.points(); ++p) own += a[p];
      }
    }
    all.push_back(static_cast<double>(sum(plane.comm(), own)));
  }
  return all;
}

void Multigrid::multiply(Vec x, Vec y) {
  Level& level = levels_.front();
  double* values = nullptr;
  load(level.matrix, x, level.cycle.x);
  check(VecGetArrayWrite(y, &values));
  level.matrix.multiply(level.cycle.x, values);
  check(VecRestoreArrayWrite(y, &values));
}

void Multigrid::apply(Vec r, Vec x) {
  Level& level = levels_.front();
  load(level.matrix, r, level.cycle.b);
  cycle(0);
  store(level.matrix, level.cycle.x, x);
}

}  // namespace feller
