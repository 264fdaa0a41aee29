#pragma once

/// A linear pull under noise that grows with the state, on a line (a Pearson diffusion; Forman &
/// Sorensen, Scand. J. Statist. 35, 2008):
///
///     dX = -theta X dt + sqrt(2 D(X)) dW,      D(x) = a + b x^2,   theta, a, b > 0
///
/// read as Ito's (c = 1), Stratonovich's (c = 1/2) or Fick's (c = 0) equation. In Ito's terms each
/// has the drift -theta' x with theta' = theta - 2 (1 - c) b, so that for a symmetric start
///
///     d/dt E X^2k = 2k ((2k - 1) b - theta') E X^2k + 2k (2k - 1) a E X^(2k-2),
///     E X^2(t)    = v + (E X^2(0) - v) e^(-2 (theta' - b) t),     v = a / (theta' - b),
///     w(x)        ~ D^-c exp(-int theta x / D) = (1 + b x^2 / a)^-(c + theta / 2b).
///
/// With Sigma = 2 D and alpha = 1 - c the last line is Sigma^-(1-alpha) exp int 2 v / Sigma.

#include <optional>

#include "problems/equation.hpp"

namespace feller {

struct QuadraticNoise {
  double pull = 1;       ///< theta [1/T]
  double floor = 1;      ///< a [L^2/T]
  double growth = 0.25;  ///< b [1/T]

  double diffusion(double x) const { return floor + growth * x * x; }
  /// theta'
  double ito_pull(Form form) const;

  /// E X^2 at a time, from that at time 0.
  double second_moment(Form form, double initial, double time) const;
  /// E X^2k, k >= 0, from N(0, variance); by Runge and Kutta's method, relative error below 1e-9
  /// for times up to some units of 1/b.
  double even_moment(Form form, int k, double variance, double time) const;
  /// E X_n^2 of Euler and Maruyama's scheme, X_{n+1} = (1 - theta' h) X_n + sqrt(2 D(X_n) h) G,
  /// after so many steps h:  E X_{n+1}^2 = ((1 - theta' h)^2 + 2 b h) E X_n^2 + 2 a h.
  double euler_second_moment(Form form, double initial, double step, int steps) const;
  /// Its E X_n^4 from N(0, variance), with k = 1 - theta' h:
  /// E X_{n+1}^4 = k^4 E X_n^4 + 12 k^2 h E X_n^2 D(X_n) + 12 h^2 E D(X_n)^2.
  double euler_fourth_moment(Form form, double variance, double step, int steps) const;

  /// w, scaled to 1 at x = 0; and int x^power w over |x| > from, over int w.
  double stationary_shape(Form form, double x) const;
  double stationary_tail(Form form, int power, double from) const;
};

/// The coefficients of an equation on a line in Ito's form, if they are of this kind (to 1e-12 at
/// some dozens of points in the box).
std::optional<QuadraticNoise> quadratic_noise(const Equation& equation, const Grid& grid);

}  // namespace feller
