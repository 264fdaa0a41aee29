#pragma once

/// The reverse processes of a normal population N(mu, s^2), in closed form. With a_t = s^2 + t, the
/// drift g s_t dt and the noise c dW from t = T down to t_0:
///
///     m_0 - mu = (m_T - mu) (a_0/a_T)^g                                             mean
///     V_0 = l a_0 + (V_T - l a_T) (a_0/a_T)^(2 g),   l = c^2/(2 g - 1)                   variance
///
/// With g = (1 + lambda)/2 and c = sqrt(lambda), l = 1, that is a_0 if V_T = a_T, for every lambda.
/// With the noise c = lambda of McAllester's (23) as printed, l = lambda, and from V_T = a_T
///
///     V_0/a_0 = lambda + (1 - lambda) r^lambda,    r = a_0/a_T                      printed
///     KL(q_0|p_0) = (lambda - 1 - ln lambda)/2 - (1 - lambda)^2/(2 lambda) r^lambda + O(r^(2
///     lambda))
///
/// A step dt of either scheme is linear in z, so
/// that its mean and variance obey a recursion without any error of sampling.

#include <vector>

#include "solvers/reverse_particles.hpp"

namespace feller {

struct NormalState {
  double mean = 0;
  double variance = 1;
};

/// Where the process itself gets to. For g = 1/2 without noise, too.
NormalState reversed_normal(const NormalState& population, const NormalState& start, double from,
                            double to, const ReverseMotion& motion);

/// The same by the formulas above, from lambda and not from a motion: with the noise sqrt(lambda),
/// and with the noise lambda as printed, which puts lambda^2/(2 g - 1) = lambda there.
NormalState corrected_end(const NormalState& population, const NormalState& start, double from,
                          double to, double lambda);
NormalState printed_end(const NormalState& population, const NormalState& start, double from,
                        double to, double lambda);

/// Where the scheme gets to on every stride-th of these times.
NormalState stepped_normal(const NormalState& population, NormalState start,
                           const std::vector<double>& times, std::size_t stride,
                           const ReverseMotion& motion, ReverseScheme scheme);

/// KL(N(m, V) | N(mu, a)).
double relative_entropy(const NormalState& of, const NormalState& to);

}  // namespace feller
