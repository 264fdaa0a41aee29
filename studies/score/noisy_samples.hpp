#pragma once

/// Draws of (t, y, z), z = y + sqrt(t) eps, y from a population in n dimensions and t fixed or
/// uniform in ln t (over which McAllester's (12) has the integrand mmse/(2 t)). A draw depends on
/// seed, stream and number alone; ranks share the numbers out in one piece each.

#include <cstdint>
#include <vector>

#include "discretisation/noise.hpp"
#include "discretisation/petsc.hpp"
#include "problems/processes/mixture.hpp"

namespace feller {

struct SamplePlan {
  std::uint64_t seed = 1;
  std::uint32_t stream = 0;
  std::int64_t count = 0;
  double first = 1;  ///< levels t, from ...
  double last = 1;   ///< ... to
};

struct NoisySample {
  double t = 1;
  Point y{};
  Point eps{};
  Point z{};
};

/// Those of this rank.
std::vector<NoisySample> draw(const Mixture& population, const SamplePlan& plan, MPI_Comm comm);

}  // namespace feller
