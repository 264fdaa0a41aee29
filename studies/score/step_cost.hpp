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
/// For mixtures on a line, of normal or blurred uniform laws. Times ascend.

#include <vector>

#include "problems/processes/mixture.hpp"
#include "problems/processes/process.hpp"
#include "solvers/time_grids.hpp"

namespace feller {

/// (ln p)'' of a mixture with density p: sum_k r_k ((ln f_k)'' + ((ln f_k)' - (ln p)')^2) with the
/// components' shares r_k, without cancellation between them.
double log_curvature(const Mixture& law, double x);

/// The law's curvature along the process z(t) = y + sqrt(t) eps, whose laws are mixtures.
class StepCost {
 public:
  /// sqrt c on some hundreds of nodes between these times. Refers to the process.
  StepCost(const Process& process, double from, double to);

  double fisher(double t) const;
  /// c(t), by quadrature of ((ln p_t)'')^2: relative error of about 1e-12.
  double curvature(double t) const;
  /// int sqrt c dt, by Simpson's rule in ln t.
  double length() const { return lengths_.back(); }
  /// Its relative error, that of a rule of order 4 on so many nodes, and of grids by it.
  double length_error() const;
  /// N times the path's KL for many steps uniform in ln t or in t: at least length^2.
  double logarithmic_cost() const;
  double uniform_cost() const;
  /// Uniform in int sqrt c dt.
  Times optimal_times(int steps) const;
  /// Sum of the steps' KL, and how far round-off and quadrature may be from it.
  double path_divergence(const Times& times) const;
  double path_rounding() const;

 private:
  const Process& process_;
  Times nodes_;
  std::vector<double> densities_;  ///< t sqrt c at the nodes
  std::vector<double> lengths_;    ///< int sqrt c dt from the first node
  double square_ = 0;              ///< int t c dt
};

/// The same for N(0, variance) in closed form.
double gaussian_path_divergence(double variance, const Times& times);
/// KL(q | p) at the first time of what the steps (7) lead to from the exact law at the last.
double gaussian_end_divergence(double variance, const Times& times);

}  // namespace feller
