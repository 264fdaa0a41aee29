#include "discretisation/uniform.hpp"

#include <Random123/threefry.h>

#include <cmath>

namespace feller {

double uniform(const NoiseKey& key, std::uint64_t number) {
  using Cipher = r123::Threefry2x64;
  const Cipher::ctr_type counter{{number, (std::uint64_t{key.stream} << 32) | key.step}};
  const Cipher::key_type secret{{key.seed, 0}};
  return in_unit_interval(Cipher{}(counter, secret)[0]);
}

double in_unit_interval(std::uint64_t word) {
  return std::ldexp(static_cast<double>(word >> 12) + 0.5, -52);
}

}  // namespace feller
