#pragma once

/// The transition of the Ornstein-Uhlenbeck process  dX = -theta X dt + sqrt(2 D) dW  and the
/// moments of its increments (Peter 2023, (23), with the conditional density):
///
///     X_{t+h} | X_t = x  ~  N(x e^(-theta h), V),      V = (D/theta) (1 - e^(-2 theta h))
///     m_1(h) = x (e^(-theta h) - 1) / h              ->  -theta x     =: m_1
///     m_2(h) = ((x (e^(-theta h) - 1))^2 + V) / h    ->   2 D         =: m_2       as h -> 0
///
/// Its density p(y, s | x), y the later value, solves the backward equation in x (Peter 2023, (25),
/// with the sign corrected):   dp/ds = D p_xx - theta x p_x,   s the time that passes.

#include <array>
#include <optional>

#include "problems/problem.hpp"

namespace feller {

struct OrnsteinUhlenbeckTransition {
  double theta = 1;
  double diffusion = 1;

  double mean(double x, double h) const;
  double variance(double h) const;
  /// X_{t+h} from X_t = x by a standard normal number.
  double sample(double x, double h, double normal) const;

  /// (1/h) E[(X_{t+h} - x)^k | X_t = x] for k = 1, 2; exact.
  double moment(int k, double x, double h) const;
  /// Its limit for h -> 0.
  double limit(int k, double x) const;
  /// Variance of ((X_{t+h} - x)^k) / h: that of one path's share.
  double spread(int k, double x, double h) const;

  /// p(y, s | x), dp/ds, and D p_xx - theta x p_x.
  struct Density {
    double value;
    double in_time;
    double generator;
  };
  Density density(double y, double s, double x) const;
};

/// theta of a process whose drift is -theta x along every axis, theta > 0; nothing for any other.
std::optional<double> linear_pull(const Process* process);

/// That of a problem with 1 axis; throws InputError for any process but Ornstein and Uhlenbeck's.
OrnsteinUhlenbeckTransition transition_of(const Problem& problem, const Parameters& parameters);

}  // namespace feller
