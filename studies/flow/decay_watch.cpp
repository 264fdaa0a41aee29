#include "studies/flow/decay_watch.hpp"

#include <cmath>

#include "io/check.hpp"
#include "solvers/functionals.hpp"

namespace feller {
namespace {

/// Smaller entropies, relative to the mass, are not divided by each other: of KL = d^2 / 2 the
/// rounding of u/w = 1 + d leaves a part eps / d.
constexpr double smallest_in_ratio = 1e-12;

}  // namespace

DecayWatch::DecayWatch(double floor)
    : kl_{phi_entropy("relative_entropy").make(1)},
      chi_{phi_entropy("chi_square").make(2)},
      relative_entropy_{floor / 2},
      chi_square_{floor} {}

void DecayWatch::look(const EntropyFlow& flow, double time) {
  const Field &u = flow.state(), &log_w = flow.log_beside();
  const double kl = divergence(*kl_, u, log_w);
  relative_entropy_.add(time, kl);
  chi_square_.add(time, divergence(*chi_, u, log_w));
  now_.fisher = relative_fisher_information(u, log_w);
  now_.production = production(*kl_, flow.latest_generator(), Beside{u, log_w});
  now_.ratio = kl > smallest_in_ratio * flow.mass() ? 2 * kl / now_.production : std::nan("");
  if (std::isfinite(now_.ratio) && raise(largest_ratio_, now_.ratio)) largest_ratio_time_ = time;
  now_.rate_relative_entropy = relative_entropy_.rate();
  now_.rate_chi_square = chi_square_.rate();
}

}  // namespace feller
