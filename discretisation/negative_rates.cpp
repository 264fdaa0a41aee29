#include "discretisation/negative_rates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace feller {

NegativeRates negative_rates(const JumpRates& rates) {
  double count = 0, least = std::numeric_limits<double>::infinity();
  for_each_face(rates, [&](const Index&, const Index&, const Crossing& c) {
    for (const double rate : {c.forth, c.back}) {
      if (rate < 0) ++count;
      least = std::min(least, rate);
    }
  });
  const MPI_Comm comm = rates.grid().comm();
  return {static_cast<PetscInt>(sum(comm, count)), minimum(comm, least)};
}

bool are_finite(const JumpRates& rates) {
  double bad = 0;
  for_each_face(rates, [&](const Index&, const Index&, const Crossing& c) {
    if (!std::isfinite(c.forth) || !std::isfinite(c.back)) ++bad;
  });
  return sum(rates.grid().comm(), bad) == 0;
}

}  // namespace feller
