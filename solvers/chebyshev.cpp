#include "solvers/chebyshev.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/product_limit.hpp"

namespace feller {
namespace {

/// rho / 2.
double half_spectrum(const Generator& generator) {
  if (!generator.reversible()) {
    throw MethodError("time.method",
                      "chebyshev needs detailed balance, so that the spectrum is real: take "
                      "uniformization");
  }
  return generator.spectral_bound() / 2;
}

}  // namespace

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
    : generator_{generator}, tau_{tau}, rate_{half_spectrum(generator)}, matrix_{generator, rate_} {
  const double s = tau * rate_;
  refuse_too_many_products("chebyshev", 8 * std::sqrt(s), options.solves);
  polynomial_ = {.factor = 2, .kept = -1, .weights = chebyshev_coefficients(s)};
}

SolveReport Chebyshev::advance(Field& u, int) {
  const double before = total(u);
  matrix_.apply(polynomial_, JumpMatrix::Direction::forward, u);
  SolveReport result = report();
  if (generator_.conserves_mass() && before != 0)
    result.mass_defect = std::abs(total(u) / before - 1);
  return result;
}

SolveReport Chebyshev::advance_backward(Field& g, int) {
  matrix_.apply(polynomial_, JumpMatrix::Direction::backward, g);
  return report();
}

/// Each product rounds; the recursion adds these errors up, but does not enlarge them.
SolveReport Chebyshev::report() const {
  return {.iterations = polynomial_.degree(),
          .residual = 4 * std::numeric_limits<double>::epsilon() * (polynomial_.degree() + 1)};
}

double Chebyshev::contraction(double low, double) const {
  return std::exp(-tau_ * low);
}

std::string Chebyshev::description() const {
  return fmt::format("Chebyshev, step {:g}, {} products a step", tau_, polynomial_.degree());
}

}  // namespace feller
