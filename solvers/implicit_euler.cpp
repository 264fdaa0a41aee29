#include "solvers/implicit_euler.hpp"

#include <fmt/format.h>

namespace feller {

ImplicitEuler::ImplicitEuler(const Generator& generator, double tau, const SolverOptions& options)
    : generator_{generator},
      tau_{tau},
      solver_{generator, tau, options},
      before_{generator.grid()} {}

SolveReport ImplicitEuler::advance(Field& u, int) {
  check(VecCopy(u.vector(), before_.vector()));
  return solver_.solve(before_, u);
}

SolveReport ImplicitEuler::advance_backward(Field& g, int) {
  check(VecCopy(g.vector(), before_.vector()));
  return solver_.solve_transposed(before_, g);
}

std::string ImplicitEuler::description() const {
  return fmt::format("implicit Euler, step {:g}, {}", tau_, solver_.description());
}

}  // namespace feller
