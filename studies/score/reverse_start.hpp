#pragma once

/// Where reverse processes of a mixture on the line get to from N(0, T) instead of p_T, exactly for
/// two members of the family. With F_t the distribution function of p_t:
///
///     lambda = 0    F_t0(z_0) = F_T(z_T), as dz = s_t/2 dt keeps quantiles, wherever z_T is from
///     lambda = 1    z_0 given z_T has the law that it has in z(t) = y + sqrt(t) eps:
///
///         sum_k r_k(z_T) N(m_k + c_k (z_T - m_k), c_k (T - t_0)),    c_k = (v_k + t_0)/(v_k + T)
///
/// with r_k(z) = P(cluster k | z(T) = z); the law of z_0 is the mean of that over z_T ~ N(0, T),
/// by the trapezoidal rule, which for such functions is right to round-off.

#include <memory>

#include "problems/processes/law.hpp"
#include "solvers/cluster_score.hpp"

namespace feller {

/// In one dimension, to t_0 from T.
std::unique_ptr<Law> flow_from_normal(const Clusters& clusters, double T, double t0);
std::unique_ptr<Law> bridge_from_normal(const Clusters& clusters, double T, double t0);

/// KL(q|p_t) of a law q on the line.
double relative_entropy(const Law& q, const Clusters& clusters, double t);

/// KL(N(0, T)|p_T) on the line; no member of the family has more at t_0, lambda = 0 the same. In
/// n dimensions the mean of those to the clusters, which is larger (KL is convex).
double start_entropy(const Clusters& clusters, double T);

}  // namespace feller
