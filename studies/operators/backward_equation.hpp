#pragma once

/// The backward equation on a grid, by the transpose of the forward one (Peter 2023, (25), with its
/// sign corrected):
///
///     dg/ds = A^T g,     s = t - tau the time to go,     g(x, s) = E[g(X_t) | X_tau = x]
///
/// It is exactly dual to the forward equation, the transition density solves it up to O(h^2), and
/// it conserves constants, not mass.

#include <string>
#include <vector>

#include "studies/operators/transition.hpp"
#include "studies/options.hpp"

namespace feller {

/// |<g, P p> - <P^T g, p>| / sum |g P p|, P the propagator of all steps. Collective.
double duality_defect(const Generator& generator, const Field& initial, const Field& terminal,
                      const std::string& method, const Schedule& schedule);

/// The terminal data carried back, as it is at each step: the terminal data first. Collective.
std::vector<Field> carried_back(const Generator& generator, Field terminal,
                                const std::string& method, const Schedule& schedule);

/// Of the transition density p(y, s | x) as a function of x: the largest |A^T p - dp/ds| and
/// |A^T p + dp/ds| over the cells with |x| <= reach. The second has the sign of time as it is
/// printed. Collective.
struct Residuals {
  double h;
  double corrected;
  double printed;
};
Residuals transition_residuals(const Generator& generator,
                               const OrnsteinUhlenbeckTransition& transition, double y, double s,
                               double reach);

}  // namespace feller
