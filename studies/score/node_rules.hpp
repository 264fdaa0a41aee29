#pragma once

/// How many levels of noise it takes: I(y; z(t)) by the midpoint rule with nodes uniform in t, in
/// ln t (as McAllester suggests after (12)), and in snr = 1/t,
///
///     I = int_t^T mmse/(2 s^2) ds + 1/2 ln(1 + v/T)                               plain
///     I = 1/2 ln(1 + v/t) - int_t^T (mmse_gauss - mmse)/(2 s^2) ds                control variate
///
/// with mmse_gauss = v s/(v + s), the largest there is for the variance v, so that the last
/// integrand is >= 0. In ln s the integrand f = mmse/(2 s) is at most 1/2, and the midpoint rule
/// errs by at most (h^2/8) int |f''| (Peano's kernel).

#include <array>
#include <vector>

#include "io/check.hpp"
#include "studies/score/noised.hpp"

namespace feller {

struct NodeErrors {
  static constexpr std::size_t rules = 3;  ///< in t, ln t, snr
  int nodes = 0;
  std::array<double, rules> plain{};
  std::array<double, rules> controlled{};
};

class NodeRules {
 public:
  /// From the noise t on, to `far`. `exact` is I(y; z(t)).
  NodeRules(const Noised& noised, double t, double far, double exact);

  NodeErrors errors(int nodes) const;
  /// (h^2/8) int |f''| for so many nodes in ln t, and E|y - Ey|^4/(4 T^2), within which a normal
  /// law has the rest from `far` on. With the control variate the same of the difference.
  double bound(int nodes) const;
  double controlled_bound(int nodes) const;
  /// Whether theory says that so many nodes uniform in t are too few: most noise lies within the
  /// first.
  bool misses_uniformly(int nodes) const { return far_ >= 3 * nodes * t_; }
  /// Least (mmse_gauss - mmse)/t over so many nodes in ln t.
  double least_gain(int nodes) const;

 private:
  double f(double t) const { return noised_.relative_mmse(t) / 2; }
  /// f at the nodes in ln t, or what it is short of that of a normal law.
  std::vector<double> values(int nodes) const;
  std::vector<double> gains(int nodes) const;
  double peano(const std::vector<double>& values) const;

  const Noised& noised_;
  double t_, far_, exact_;
};

/// What V15 says of the errors with the most nodes, from the noise t on.
Checks node_checks(const NodeRules& rules, const NodeErrors& most, double t);

}  // namespace feller
