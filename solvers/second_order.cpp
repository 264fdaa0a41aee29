#include "solvers/second_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace feller {
namespace {

constexpr double gamma_of_sdirk2 = 1 - 1 / std::numbers::sqrt2;

}  // namespace

SecondOrder::SecondOrder(std::string name, const Generator& generator, double tau, double share,
                         const SolverOptions& options)
    : name_{std::move(name)},
      generator_{generator},
      tau_{tau},
      solver_{generator, share * tau, options},
      work_{generator.grid()} {}

std::string SecondOrder::description() const {
  return fmt::format("{}, step {:g}, {}", name_, tau_, solver_.description());
}

PlainCrankNicolson::PlainCrankNicolson(const Generator& generator, double tau,
                                       const SolverOptions& options)
    : SecondOrder{"Crank-Nicolson", generator, tau, 0.5, options} {}

SolveReport PlainCrankNicolson::advance(Field& u, int) {
  check(MatMult(generator_.forward(), u.vector(), work_.vector()));
  check(VecAYPX(work_.vector(), tau_ / 2, u.vector()));
  return solver_.solve(work_, u);
}

SolveReport PlainCrankNicolson::advance_backward(Field& g, int) {
  check(MatMultTranspose(generator_.forward(), g.vector(), work_.vector()));
  check(VecAYPX(work_.vector(), tau_ / 2, g.vector()));
  return solver_.solve_transposed(work_, g);
}

double PlainCrankNicolson::contraction(double low, double high) const {
  // R falls from 1 at 0 to -1: the extremes are at the ends.
  const auto factor = [this](double lambda) {
    const double z = tau_ * lambda / 2;
    return std::abs((1 - z) / (1 + z));
  };
  return std::max(factor(low), factor(high));
}

SolveReport CrankNicolson::advance(Field& u, int n) {
  if (n >= damped_steps) return PlainCrankNicolson::advance(u, n);
  SolveReport report;
  for (int half = 0; half < 2; ++half) {
    check(VecCopy(u.vector(), work_.vector()));
    report = report + solver_.solve(work_, u);
  }
  return report;
}

SolveReport CrankNicolson::advance_backward(Field& g, int n) {
  if (n >= damped_steps) return PlainCrankNicolson::advance_backward(g, n);
  SolveReport report;
  for (int half = 0; half < 2; ++half) {
    check(VecCopy(g.vector(), work_.vector()));
    report = report + solver_.solve_transposed(work_, g);
  }
  return report;
}

double CrankNicolson::contraction(double low, double high) const {
  const double half_step = 1 / (1 + tau_ * low / 2);
  return std::max(PlainCrankNicolson::contraction(low, high), half_step * half_step);
}

Sdirk2::Sdirk2(const Generator& generator, double tau, const SolverOptions& options)
    : SecondOrder{"SDIRK2", generator, tau, gamma_of_sdirk2, options}, stage_{generator.grid()} {}

SolveReport Sdirk2::advance(Field& u, int) {
  check(VecCopy(u.vector(), stage_.vector()));
  const SolveReport first = solver_.solve(u, stage_);
  const double forward = (1 - gamma_of_sdirk2) / gamma_of_sdirk2;
  check(VecCopy(u.vector(), work_.vector()));
  check(VecAXPBY(work_.vector(), forward, 1 - forward, stage_.vector()));
  return first + solver_.solve(work_, u);
}

SolveReport Sdirk2::advance_backward(Field& g, int) {
  // R is a function of A, so the transpose has the same stages with A^T.
  check(VecCopy(g.vector(), stage_.vector()));
  const SolveReport first = solver_.solve_transposed(g, stage_);
  const double forward = (1 - gamma_of_sdirk2) / gamma_of_sdirk2;
  check(VecCopy(g.vector(), work_.vector()));
  check(VecAXPBY(work_.vector(), forward, 1 - forward, stage_.vector()));
  return first + solver_.solve_transposed(work_, g);
}

double Sdirk2::positive_up_to() const {
  return 1 + std::numbers::sqrt2;
}

double Sdirk2::contraction(double low, double high) const {
  const auto factor = [this](double lambda) {
    const double z = tau_ * lambda;
    const double pole = 1 + gamma_of_sdirk2 * z;
    return std::abs((1 - (1 - 2 * gamma_of_sdirk2) * z) / (pole * pole));
  };
  // Beyond its zero R has one extreme, at g z = 2 + ... ; |R| there is below 0.21 for every step.
  constexpr double beyond_the_zero = 0.21;
  const double zero = 1 / (1 - 2 * gamma_of_sdirk2);
  return std::max(factor(low), tau_ * high > zero ? beyond_the_zero : factor(high));
}

Bdf2::Bdf2(const Generator& generator, double tau, const SolverOptions& options)
    : SecondOrder{"BDF2", generator, tau, 2.0 / 3, options},
      options_{options},
      before_{generator.grid()} {}

SolveReport Bdf2::advance(Field& u, int n) {
  check(VecCopy(u.vector(), work_.vector()));
  SolveReport report;
  if (n > 0) {
    check(VecAXPBY(before_.vector(), 4.0 / 3, -1.0 / 3, u.vector()));
    report = solver_.solve(before_, u);
  } else {
    report = ImplicitEuler{generator_, tau_, options_}.advance(u, 0);
  }
  check(VecCopy(work_.vector(), before_.vector()));
  return report;
}

SolveReport Bdf2::advance_backward(Field&, int) {
  throw MethodError("time.method", "bdf2 is no one-step method and has no transpose: take sdirk2");
}

}  // namespace feller
