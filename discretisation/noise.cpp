#include "discretisation/noise.hpp"

#include <Random123/philox.h>

#include <Random123/uniform.hpp>

#include <cmath>
#include <numbers>

namespace feller {

double standard_normal(const NoiseKey& key, std::uint64_t cell) {
  using Cipher = r123::Philox4x32;
  // Two cells share one block of four words: Box-Muller makes a pair of 53-bit normals of it.
  const std::uint64_t pair = cell / 2;
  const Cipher::ctr_type counter{{static_cast<std::uint32_t>(pair),
                                  static_cast<std::uint32_t>(pair >> 32), key.step, key.stream}};
  const Cipher::key_type secret{
      {static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32)}};
  const auto words = Cipher{}(counter, secret);
  const auto wide = [&](int i) { return (std::uint64_t{words[i + 1]} << 32) | words[i]; };
  const double radius_source = r123::u01<double>(wide(0));
  const double angle = 2 * std::numbers::pi * r123::u01<double>(wide(2));
  const double radius = std::sqrt(-2 * std::log(radius_source));
  return cell % 2 == 0 ? radius * std::cos(angle) : radius * std::sin(angle);
}

}  // namespace feller
