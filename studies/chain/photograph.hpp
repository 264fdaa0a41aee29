#pragma once

/// A photograph as the state of the chain. Grey levels g in 0..255 become
///
///     u = black + (white - black) g / 255,          by default in [-1, 1],
///
/// since the noise has variance 1: the contrast of the picture is chosen against that of its noise.
/// An image between -1 and 1 has a second moment of at most 1, so that entropy can only rise
/// (Theorem B of the corrected Proposition 1 of Peter 2023).

#include "discretisation/noise.hpp"
#include "problems/noise_schedule.hpp"
#include "solvers/pixel_chain.hpp"
#include "studies/experiment.hpp"

namespace feller {

/// [photograph] and the seed of the chain.
class PhotographOptions {
 public:
  void declare(Parameters& parameters);
  /// Throws InputError unless the problem is an image, and for black >= white.
  void validate(const Experiment& experiment) const;

  /// The initial image without its offset, as a state of the chain, a field a channel.
  std::vector<Field> states(const Problem& problem) const;
  /// The same of any grey levels with the problem's offset.
  std::vector<Field> states(const Problem& problem, std::vector<Field> levels) const;
  /// A state as the problem's grey levels, offset included.
  std::vector<Field> levels(const Problem& problem, std::vector<Field> states) const;
  /// Units of the chain per grey level.
  double scale() const { return (white_ - black_) / 255; }
  NoiseKey key(int channel, std::uint32_t member = 0) const;

 private:
  double black_ = -1;
  double white_ = 1;
  std::int64_t seed_ = 1;
};

/// Steps first + 1..last of the schedule, by (4); or the one jump, by (5).
std::vector<ChainMove> chain_steps(const NoiseSchedule& schedule, int first, int last);
ChainMove chain_jump(const NoiseSchedule& schedule, int first, int last);

}  // namespace feller
