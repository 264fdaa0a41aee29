#pragma once

/// Time grids t_0 < t_1 < ... < t_N of reverse steps, and what they cost. McAllester's step (7)
/// draws z(t - h) from N(E[z(t - h) | z(t)], h I) in place of the exact law, whose covariance given
/// z(t) is h I + h^2 Hess ln p_t on average. With H the entropy and J Fisher's information of p_t,
/// by the chain rule and dH/dt = J/2 (de Bruijn),
///
///     E KL(exact step | (7)) = H(p_t) - H(p_{t-h}) - h J(p_t) / 2  =  c(t) h^2 + O(h^3),
///     c(t) = -J'(t)/4 = E |Hess ln p_t|_F^2 / 4:
///
/// the path's KL is what the rule of right end points misses of int J/2 dt. For small steps it is
/// least, (int sqrt c dt)^2 / N, for steps of density ~ sqrt c. For N(m, s^2 I_n), a = s^2 + t:
///
///     step  (n/2)(r - 1 - ln r), r = 1 - h/a,    c = n / (4 a^2),    grid uniform in ln a.
///
/// For one dimension, and laws whose H and J are known. Times ascend.

#include <vector>

#include "problems/processes/process.hpp"
#include "solvers/time_grids.hpp"

namespace feller {

/// The law's curvature along the process z(t) = y + sqrt(t) eps.
class StepCost {
 public:
  /// sqrt c on some hundreds of nodes between these times. Refers to the process.
  StepCost(const Process& process, double from, double to);

  double fisher(double t) const;
  /// c(t), from J at t (1 +- 1/1000): relative error of about 1e-6.
  double curvature(double t) const;
  /// int sqrt c dt.
  double length() const { return lengths_.back(); }
  /// Uniform in int sqrt c dt.
  Times optimal_times(int steps) const;
  /// Sum of the steps' KL.
  double path_divergence(const Times& times) const;

 private:
  const Process& process_;
  Times nodes_;
  std::vector<double> lengths_;  ///< int sqrt c dt from the first node
};

/// The same for N(0, variance) in closed form.
double gaussian_path_divergence(double variance, const Times& times);
/// KL(q | p) at the first time of what the steps (7) lead to from the exact law at the last.
double gaussian_end_divergence(double variance, const Times& times);

}  // namespace feller
