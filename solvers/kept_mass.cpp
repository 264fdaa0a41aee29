#include "solvers/kept_mass.hpp"

#include <fmt/format.h>

#include <cmath>

namespace feller {

KeptMass::KeptMass(const Generator& generator, const Field& start)
    : generator_{generator}, start_{start}, regions_{regions_of(generator.rates())} {
  wanted_ = sums(start);
  if (generator.has_source()) require_no_growth(generator.source());
}

void KeptMass::require_no_growth(const Field& source) const {
  const auto gained = sums(source);
  const Grid& grid = source.grid();
  for (std::size_t n = 0; n < gained.size(); ++n) {
    if (gained[n] == 0 || regions_.list[n].open) continue;
    throw SolverError(fmt::format(
        "there is no steady state: mass enters the region of {} cells around {} and cannot leave",
        regions_.list[n].cells, grid.describe(grid.centre(regions_.list[n].first_cell))));
  }
  const auto label = regions_.label.values(), gain = source.values(),
             killing = generator_.killing().values();
  double grows = 0;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] == Regions::alone && gain[i] != 0 && !(killing[i] > 0)) grows = 1;
  }
  if (maximum(grid.comm(), grows) > 0) {
    throw SolverError("there is no steady state: mass enters a cell that it cannot leave");
  }
}

std::vector<long double> KeptMass::sums(const Field& field) const {
  std::vector<long double> all(regions_.list.size(), 0);
  const auto label = regions_.label.values(), value = field.values();
  for (std::size_t i = 0; i < label.size();) {
    // Neighbours mostly share a region: their sum stays in a register.
    const double here = label[i];
    long double run = 0;
    for (; i < label.size() && label[i] == here; ++i) run += value[i];
    if (here >= 0) all[static_cast<std::size_t>(here)] += run;
  }
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_LONG_DOUBLE,
                          MPI_SUM, field.grid().comm()));
  return all;
}

void KeptMass::restore(Field& masses, const Field& along) const {
  shift(masses, wanted_, along);
  auto value = masses.values();
  const auto label = regions_.label.values(), start = start_.values(),
             killing = generator_.killing().values();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (label[i] < 0 && !(killing[i] > 0)) value[i] = start[i];
  }
}

void KeptMass::balance(Field& change, const Field& along) const {
  shift(change, std::vector<long double>(wanted_.size(), 0), along);
}

void KeptMass::shift(Field& field, const std::vector<long double>& wanted,
                     const Field& along) const {
  const auto found = sums(field), size = sums(along);
  std::vector<double> factor(found.size(), 0.0);
  for (std::size_t n = 0; n < found.size(); ++n) {
    if (regions_.list[n].open || size[n] == 0) continue;
    factor[n] = static_cast<double>((wanted[n] - found[n]) / size[n]);
  }
  auto value = field.values();
  const auto label = regions_.label.values(), direction = along.values();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (label[i] >= 0) value[i] += factor[static_cast<std::size_t>(label[i])] * direction[i];
  }
}

}  // namespace feller
