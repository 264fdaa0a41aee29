#include "solvers/cell_draws.hpp"

#include <petscdmda.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "discretisation/uniform.hpp"
#include "solvers/functionals.hpp"

namespace feller {
namespace {

constexpr double fewest = 5;  ///< expected draws in a bin of its own

/// Masses in natural order, in units so small that their sums are exact in any order.
std::vector<std::uint64_t> running_sums(Vec masses, std::uint64_t& before, std::uint64_t& all,
                                        MPI_Comm comm) {
  PetscInt count = 0;
  const PetscScalar* values = nullptr;
  check(VecGetLocalSize(masses, &count));
  check(VecGetArrayRead(masses, &values));
  std::vector<std::uint64_t> sums;
  std::uint64_t mine = 0;
  for (PetscInt k = 0; k < count; ++k) {
    mine += static_cast<std::uint64_t>(std::llround(std::ldexp(std::max(values[k], 0.0), 53)));
    sums.push_back(mine);
  }
  check(VecRestoreArrayRead(masses, &values));
  check_mpi(MPI_Exscan(&mine, &before, 1, MPI_UINT64_T, MPI_SUM, comm));
  check_mpi(MPI_Allreduce(&mine, &all, 1, MPI_UINT64_T, MPI_SUM, comm));
  for (auto& sum : sums) sum += before;
  return sums;
}

}  // namespace

Field draw_from(const Field& density, std::int64_t draws, std::uint64_t seed) {
  const Grid& grid = density.grid();
  const Field masses = masses_of(density);
  VectorHandle natural;
  check(DMDACreateNaturalVector(grid.mesh(), natural.put()));
  check(DMDAGlobalToNaturalBegin(grid.mesh(), masses.vector(), INSERT_VALUES, natural.get()));
  check(DMDAGlobalToNaturalEnd(grid.mesh(), masses.vector(), INSERT_VALUES, natural.get()));

  std::uint64_t before = 0, all = 0;
  const auto sums = running_sums(natural.get(), before, all, grid.comm());
  std::vector<double> counts(sums.size());
  for (std::int64_t m = 0; m < draws; ++m) {
    const double u = uniform({.seed = seed}, static_cast<std::uint64_t>(m));
    const auto target = std::min(static_cast<std::uint64_t>(u * static_cast<double>(all)), all - 1);
    if (sums.empty() || target < before || target >= sums.back()) continue;
    ++counts[static_cast<std::size_t>(std::ranges::upper_bound(sums, target) - sums.begin())];
  }
  PetscScalar* values = nullptr;
  check(VecGetArray(natural.get(), &values));
  std::ranges::copy(counts, values);
  check(VecRestoreArray(natural.get(), &values));
  Field result{grid};
  check(DMDANaturalToGlobalBegin(grid.mesh(), natural.get(), INSERT_VALUES, result.vector()));
  check(DMDANaturalToGlobalEnd(grid.mesh(), natural.get(), INSERT_VALUES, result.vector()));
  return result;
}

PearsonTest::PearsonTest(const Field& density, std::int64_t draws) : expected_{masses_of(density)} {
  const Grid& grid = density.grid();
  const auto m = static_cast<double>(draws);
  check(VecScale(expected_.vector(), m / total(expected_)));
  most_ = largest(expected_);
  double first = HUGE_VAL;
  long double rest = 0, inverse = 0, single = 0;
  auto value = expected_.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    const double e = *value++;
    if (e == most_) first = std::min(first, static_cast<double>(grid.natural(cell)));
    (e < fewest ? rest : single) += e < fewest ? e : 1;
    if (e >= fewest) inverse += m / e;
  });
  fullest_ = minimum(grid.comm(), first);
  rest_ = static_cast<double>(sum(grid.comm(), rest));
  double inverses = static_cast<double>(sum(grid.comm(), inverse));
  bins_ = static_cast<int>(sum(grid.comm(), single));
  if (rest_ >= fewest) {
    inverses += m / rest_;
    ++bins_;
  } else {
    inverses += m / (most_ + rest_) - m / most_;
  }
  const double k = bins_;
  deviation_ = std::sqrt(2 * (k - 1) + (inverses - k * k - 2 * k + 2) / m);
}

double PearsonTest::statistic(const Field& counts) const {
  const Grid& grid = counts.grid();
  long double each = 0, rest = 0, top = 0;
  auto expected = expected_.values().begin();
  auto count = counts.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    const double e = *expected++, n = *count++;
    if (static_cast<double>(grid.natural(cell)) == fullest_) {
      top += n;
    } else if (e < fewest) {
      rest += n;
    } else {
      each += (n - e) * (n - e) / e;
    }
  });
  const MPI_Comm comm = grid.comm();
  const auto share = [](double n, double e) { return (n - e) * (n - e) / e; };
  const auto found_rest = static_cast<double>(sum(comm, rest));
  const auto found_top = static_cast<double>(sum(comm, top));
  const auto others = static_cast<double>(sum(comm, each));
  if (rest_ < fewest) return others + share(found_top + found_rest, most_ + rest_);
  return others + share(found_top, most_) + share(found_rest, rest_);
}

double PearsonTest::excess(const Field& density) const {
  Field counts = masses_of(density);
  check(VecScale(counts.vector(), total(expected_) / total(counts)));
  return statistic(counts);
}

}  // namespace feller
