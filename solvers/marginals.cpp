#include "solvers/marginals.hpp"

#include <cmath>
#include <numbers>

#include "solvers/functionals.hpp"

namespace feller {

std::vector<double> marginal_masses(const Field& density, int axis) {
  const Grid& grid = density.grid();
  const auto a = static_cast<std::size_t>(axis);
  std::vector<long double> layers(static_cast<std::size_t>(grid.axis(axis).cells));
  auto value = density.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    layers[static_cast<std::size_t>(cell[a])] += *value++ * grid.volume(cell);
  });
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, layers.data(), static_cast<int>(layers.size()),
                          MPI_LONG_DOUBLE, MPI_SUM, grid.comm()));
  return {layers.begin(), layers.end()};
}

Cumulants cumulants(const Field& density, int axis) {
  const auto masses = marginal_masses(density, axis);
  const Axis& line = density.grid().axis(axis);
  const auto moment = [&](int power, long double about) {
    long double sum = 0;
    for (std::size_t k = 0; k < masses.size(); ++k) {
      const long double x = line.centre(static_cast<int>(k)) - about;
      long double term = masses[k];
      for (int n = 0; n < power; ++n) term *= x;
      sum += term;
    }
    return sum;
  };
  const long double mass = moment(0, 0);
  const long double mean = moment(1, 0) / mass;
  const long double variance = moment(2, mean) / mass;
  return {static_cast<double>(mean), static_cast<double>(variance),
          static_cast<double>(moment(3, mean) / mass),
          static_cast<double>(moment(4, mean) / mass - 3 * variance * variance)};
}

Field log_normal_like(const Field& density) {
  const Grid& grid = density.grid();
  std::vector<Cumulants> like;
  for (int a = 0; a < grid.dimension(); ++a) like.push_back(cumulants(density, a));
  Field log_q = fill(grid, [&](const Index& cell) {
    const Point x = grid.centre(cell);
    double sum = 0;
    for (std::size_t a = 0; a < like.size(); ++a) {
      const double d = x[a] - like[a].mean;
      sum -= (d * d / like[a].variance + std::log(2 * std::numbers::pi * like[a].variance)) / 2;
    }
    return sum;
  });
  const double excess = std::log(mass(transformed(log_q, [](double v) { return std::exp(v); })));
  return transformed(log_q, [excess](double v) { return v - excess; });
}

Field second_difference(const Field& p, int axis) {
  const Grid& grid = p.grid();
  const auto a = static_cast<std::size_t>(axis);
  const Ghosted ghosted{p};
  return fill(grid, [&](const Index& cell) {
    const auto value = [&](int step) {
      Index k = cell;
      k[a] += step;
      return ghosted[grid.inside(k) ? k : cell];
    };
    return value(1) - 2 * value(0) + value(-1);
  });
}

double roughness(const Field& p, int times) {
  double sum = 0;
  for (int axis = 0; axis < p.grid().dimension(); ++axis) {
    Field difference{p};
    for (int n = 0; n < times; ++n) difference = second_difference(difference, axis);
    for (auto& value : difference.values()) value = std::abs(value);
    sum += total(masses_of(std::move(difference)));
  }
  return sum;
}

}  // namespace feller
