#pragma once

/// Reverse processes with the score s_t + e_t in place of s_t, from the exact law at T down to t_0
/// (McAllester, (23), with the noise corrected), tau = T - t:
///
///     dz = g (s_t + e_t) dtau + sqrt(lambda) dW,      g = (1 + lambda)/2
///     e_t(z) = b + eta s_t(z) + c sin(k z)
///
/// The laws of the paths, Q with this score and P with the exact one, differ by (Girsanov)
///
///     KL(Q | P) = (1/(2 lambda)) int E_Q |g e_t|^2 dt  >=  KL(end).
///
/// For N(0, s^2) and c = 0 the end is normal, too. With a = s^2 + t, gamma = g (1 + eta),
/// rho = a_0/a_T:
///
///     mean      delta = g b a_0 (1 - rho^(gamma-1)) / (gamma - 1)
///     variance  a_T rho^(2 gamma) + lambda a_0 (1 - rho^(2 gamma-1)) / (2 gamma - 1)
///
/// and with eta = 0, too, the variance is a_0 and KL(Q | P) = (1 + lambda)^2/(8 lambda) b^2 (T -
/// t_0).

#include <cmath>

#include "solvers/time_grids.hpp"

namespace feller {

/// e_t(z).
struct Perturbation {
  double constant = 0.1;  ///< b
  double factor = 0;      ///< eta
  double sine = 0;        ///< c
  double wave = 1;        ///< k

  double operator()(double score, double z) const {
    const double e = constant + factor * score;
    return sine == 0 ? e : e + sine * std::sin(wave * z);
  }
};

/// Of a normal population, with c = 0.
struct WrongScore {
  double variance = 1;  ///< s^2
  Perturbation error{};
  double first = 0.01;  ///< t_0
  double last = 100;    ///< T

  double end_variance() const { return variance + first; }
  /// ln(a_T/a_0). From 2 on, KL(end) of a constant error falls with lambda >= 1.
  double reach() const { return std::log((variance + last) / end_variance()); }

  /// The end, and KL(Q | P).
  struct End {
    double mean, variance;
    double path = 0;
  };
  /// In closed form, but for the path.
  End end(double lambda) const;
  /// KL of an end to N(0, a_0).
  double divergence(const End& end) const;

  /// By Runge and Kutta's method for the equations of the three, in so many steps uniform in ln a.
  End by_equations(double lambda, int steps) const;
  /// What Euler and Maruyama's steps on the grid `times` lead to, exactly.
  End by_steps(double lambda, const Times& times) const;
};

/// Girsanov's path KL for a constant error, of any population.
double constant_path(double error, double lambda, double first, double last);

/// Uniform in ln(variance + t).
Times even_times(double variance, double first, double last, int steps);

}  // namespace feller
