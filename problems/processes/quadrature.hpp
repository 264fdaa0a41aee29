#pragma once

/// Adaptive Gauss-Kronrod quadrature, and the integrands of entropies.

#include <functional>
#include <vector>

namespace feller {

/// int f over the pieces between neighbouring breaks (sorted here), each halved until its error
/// estimate is below `tolerance`, or as small as round-off lets it be.
double integral(const std::function<double(double)>& f, std::vector<double> breaks,
                double tolerance = 1e-14);

/// Ten Gauss points: exact to round-off for functions that are smooth on the scale b - a.
double gauss(const std::function<double(double)>& f, double a, double b);

/// -p ln p, from ln p.
double entropy_term(double log_p);

/// p ln(p/q) - p + q >= 0, whose integral is KL(p|q) without cancellation where p is close to q.
double relative_entropy_term(double log_p, double log_q);

}  // namespace feller
