#pragma once

/// Integrals over all noise beyond many levels at once, by Monte Carlo in n dimensions
/// (McAllester, (10) and (12)):
///
///     int_t^inf |y - E[y|s,z(s)]|^2/(2 s^2) ds = int_{ln t}^inf 1/2 |G + sqrt(s) s_s(z(s))|^2 d(ln
///     s)
///
/// in strata of ln s, between levels that all are answers. In a stratum, blocks of draws (y, G)
/// share one s, uniform in ln s: block means are independent, which gives the standard error, and
/// scores come by the block. From the last level on, the law is as good as normal: with the
/// variances of the population its integral is the closed form
///
///     sum_a 1/2 ln(1 + v_a/t) + (d_a^2 - v_a)/2 /(v_a + t),     d_a = y_a - m_a for one y given
///
/// (the last term averages to 0 over y), and short of the truth by O(E|y - Ey|^4/t^2). The same law
/// is the control variate of each stratum.

#include <functional>
#include <optional>

#include "discretisation/petsc.hpp"
#include "solvers/estimate.hpp"
#include "studies/score/space_population.hpp"

namespace feller {

/// The integral over one stratum; divided by ln(to/from), it is the mean of mmse/(2 s) there.
struct NoisePart {
  double from = 0, to = 0;
  Estimate plain, controlled;

  double middle() const;  ///< sqrt(from to)
  double length() const;  ///< ln(to/from)
};

/// Integrals from each level on.
struct NoiseTotal {
  double t = 0;
  Estimate plain, controlled;
};

/// Levels from the first of these ascending times through all of them to `far`, at least
/// `per_e_fold` in ln t.
std::vector<double> noise_levels(const std::vector<double>& times, double far, int per_e_fold);
/// From where on the normal law will do: 1e5 times all variances.
double far_noise(const SpacePopulation& population, std::span<const double> given = {});

class NoiseStrata {
 public:
  /// `given`: this y in place of draws from the population. Key: seed and stream.
  NoiseStrata(SpacePopulation& population, NoiseKey key, int samples,
              std::vector<double> given = {});

  /// Between neighbouring levels; samples draws in each. The same on any number of ranks.
  /// `tell` hears which part is done. Collective.
  std::vector<NoisePart> parts(const std::vector<double>& levels, MPI_Comm comm,
                               const std::function<void(double)>& tell = {}) const;
  /// From each level on, with all that is beyond the last.
  std::vector<NoiseTotal> totals(const std::vector<NoisePart>& parts) const;
  /// E[ln p_t(z) - ln N(z; y, t)] of the y that is given: -KL(p(z(t)|y) | p(z(t))). Collective.
  Estimate log_ratio(double t, MPI_Comm comm) const;

 private:
  void add_block(const std::vector<double>& levels, int block, std::span<double> sums) const;
  double normal_integral(double t) const;
  /// Draws of y, axis by axis.
  std::vector<double> draws(NoiseKey key, std::uint64_t first) const;

  SpacePopulation& population_;
  NoiseKey key_;
  int blocks_;
  std::vector<double> given_;
};

}  // namespace feller
