#include "solvers/product_limit.hpp"

#include <fmt/format.h>

#include "solvers/linear_solver.hpp"

namespace feller {

void refuse_too_many_products(const std::string& method, double products_a_step, int steps) {
  constexpr double most = 1e7;
  const double products = products_a_step * steps;
  if (products <= most) return;
  throw MethodError("time.method",
                    fmt::format("{} would need {:.2g} products, at most 1e7: take implicit_euler, "
                                "sdirk2 or a coarser grid",
                                method, products));
}

}  // namespace feller
