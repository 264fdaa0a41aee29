#pragma once

/// A bound on the work of methods whose number of products grows with the stiffness of a step.

#include <string>

namespace feller {

/// Throws MethodError, with the number and what to take instead, for more than 1e7 products.
void refuse_too_many_products(const std::string& method, double products_a_step, int steps);

}  // namespace feller
