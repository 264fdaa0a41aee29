#include "solvers/currents.hpp"

#include <cmath>

namespace feller {
namespace {

double affinity_times(double current, double forth, double back) {
  if (forth == 0 && back == 0) return 0;
  if (forth == 0 || back == 0) return HUGE_VAL;
  return current * (std::log(forth) - std::log(back));
}

/// Current density along an axis.
Field density_along(const Generator& generator, const Ghosted& m, int axis) {
  const Grid& grid = generator.grid();
  const Axis& line = grid.axis(axis);
  const auto a = static_cast<std::size_t>(axis);
  Field density = gather(generator.rates(), [&](const Index& k, const Index& l, const Crossing& c) {
    const double way = line.centre(l[a]) - line.centre(k[a]);
    const double half = (c.forth * m[k] - c.back * m[l]) * way / 2;
    return std::pair{half, half};
  });
  return densities_of(std::move(density));
}

}  // namespace

Currents currents(const Generator& generator, const Field& masses) {
  const Ghosted m{masses};
  Currents result{.density = {}, .divergence = Field{generator.grid()}};
  for (int a = 0; a < generator.grid().dimension(); ++a) {
    result.density.push_back(density_along(generator, m, a));
  }
  result.divergence =
      gather(generator.rates(), [&](const Index& k, const Index& l, const Crossing& c) {
        const double current = c.forth * m[k] - c.back * m[l];
        return std::pair{current, -current};
      });
  long double size = 0, throughput = 0, production = 0;
  for_each_face(generator.rates(), [&](const Index& k, const Index& l, const Crossing& c) {
    const double forth = c.forth * m[k], back = c.back * m[l];
    size += std::abs(forth - back);
    throughput += forth + back;
    production += affinity_times(forth - back, forth, back);
  });
  const MPI_Comm comm = generator.grid().comm();
  result.size = static_cast<double>(sum(comm, size));
  result.throughput = static_cast<double>(sum(comm, throughput));
  result.entropy_production = static_cast<double>(sum(comm, production));
  return result;
}

}  // namespace feller
