#include "solvers/chebyshev.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/product_limit.hpp"

namespace feller {

std::vector<double> chebyshev_coefficients(double s) {
  if (s == 0) return {1};
  // Miller's backward recursion I_{k-1} = I_{k+1} + (2k/s) I_k, stable downwards; scaling to sum 1
  // is e^-s (I_0 + 2 I_1 + 2 I_2 + ...) = 1.
  const int start = static_cast<int>(std::ceil(20 + 10 * std::sqrt(s) + 40 * s / (s + 40)));
  std::vector<long double> bessel(static_cast<std::size_t>(start) + 2, 0);
  bessel[static_cast<std::size_t>(start)] = 1e-300L;
  for (auto k = static_cast<std::size_t>(start); k > 0; --k) {
    bessel[k - 1] = bessel[k + 1] + 2 * static_cast<long double>(k) / s * bessel[k];
  }
  long double total = bessel[0];
  for (std::size_t k = 1; k < bessel.size(); ++k) total += 2 * bessel[k];
  std::vector<double> coefficients;
  for (std::size_t k = 0; k < bessel.size(); ++k) {
    coefficients.push_back(static_cast<double>((k == 0 ? 1 : 2) * bessel[k] / total));
  }
  while (coefficients.size() > 1 && coefficients.back() < 1e-17) coefficients.pop_back();
  return coefficients;
}

Chebyshev::Chebyshev(const Generator& generator, double tau, const SolverOptions& options)
    : generator_{generator},
      tau_{tau},
      rho_{2 * generator.largest_outflow()},
      now_{generator.grid()},
      before_{generator.grid()},
      next_{generator.grid()} {
  if (!generator.reversible()) {
    throw MethodError("time.method",
                      "chebyshev needs detailed balance, so that the spectrum is real: take "
                      "uniformization");
  }
  refuse_too_many_products("chebyshev", 6 * std::sqrt(tau * rho_ / 2), options.solves);
  coefficients_ = chebyshev_coefficients(tau * rho_ / 2);
}

SolveReport Chebyshev::advance(Field& u, int) {
  const double before = total(u);
  apply(generator_.forward(), u);
  SolveReport result = report();
  if (generator_.conserves_mass() && before != 0)
    result.mass_defect = std::abs(total(u) / before - 1);
  return result;
}

SolveReport Chebyshev::advance_backward(Field& g, int) {
  apply(generator_.backward(), g);
  return report();
}

/// Each product rounds; the recursion adds these errors up, but does not enlarge them.
SolveReport Chebyshev::report() const {
  const auto products = static_cast<double>(coefficients_.size());
  return {.iterations = static_cast<int>(coefficients_.size()) - 1,
          .residual = 4 * std::numeric_limits<double>::epsilon() * products};
}

void Chebyshev::apply(Mat generator, Field& u) {
  // now = T_k u, before = T_{k-1} u;  T_{k+1} = 2 (I + 2G/rho) T_k - T_{k-1}, T_1 = I + 2G/rho.
  check(VecCopy(u.vector(), now_.vector()));
  check(VecScale(u.vector(), coefficients_.front()));
  check(VecSet(before_.vector(), 0));
  for (std::size_t k = 1; k < coefficients_.size(); ++k) {
    const double twice = k == 1 ? 1 : 2;
    check(MatMult(generator, now_.vector(), next_.vector()));
    check(VecScale(next_.vector(), twice * 2 / rho_));
    check(VecAXPBYPCZ(next_.vector(), twice, -1, 1, now_.vector(), before_.vector()));
    check(VecAXPY(u.vector(), coefficients_[k], next_.vector()));
    std::swap(before_, now_);
    std::swap(now_, next_);
  }
}

double Chebyshev::contraction(double low, double) const {
  return std::exp(-tau_ * low);
}

std::string Chebyshev::description() const {
  return fmt::format("Chebyshev, step {:g}, {} products a step", tau_, coefficients_.size() - 1);
}

}  // namespace feller
