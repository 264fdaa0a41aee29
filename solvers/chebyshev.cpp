#include "solvers/chebyshev.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "solvers/product_limit.hpp"
#include "solvers/truncate.hpp"

namespace feller {
namespace {

/// Of pi with largest value 1.
double sum_of_weights(const Generator& generator) {
  long double weights = 0;
  for (const double log : generator.log_weight().values()) weights += std::exp(log);
  return static_cast<double>(sum(generator.grid().comm(), weights));
}

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

std::vector<double> chebyshev_coefficients(double s, double truncation) {
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
  truncate(coefficients, truncation);
  return coefficients;
}

Chebyshev::Chebyshev(const Generator& generator, double tau, const SolverOptions& options)
    : generator_{generator},
      tau_{tau},
      truncation_{options.truncation},
      rate_{half_spectrum(generator)},
      matrix_{generator, rate_} {
  const double s = tau * rate_;
  refuse_too_many_products("chebyshev", 8 * std::sqrt(s), options.solves);
  if (truncation_ > 0) total_weight_ = sum_of_weights(generator);
  polynomial_ = {.factor = 2, .kept = -1, .weights = chebyshev_coefficients(s, truncation_)};
}

/// (sum m^2 / pi)^1/2 / |m|_1, pi of sum 1.
double Chebyshev::relative_size(const Field& m) const {
  const auto values = m.values(), weight = generator_.log_weight().values();
  long double squares = 0, sizes = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double root = values[i] * std::exp(-weight[i] / 2);
    squares += root * root;
    sizes += std::abs(values[i]);
  }
  const MPI_Comm comm = generator_.grid().comm();
  squares = sum(comm, squares);
  sizes = sum(comm, sizes);
  return sizes == 0 ? 0 : static_cast<double>(std::sqrt(squares * total_weight_) / sizes);
}

SolveReport Chebyshev::advance(Field& u, int) {
  const double before = total(u);
  const double left_out = truncation_ == 0 ? 0 : truncation_ * relative_size(u);
  matrix_.apply(polynomial_, JumpMatrix::Direction::forward, u);
  SolveReport result = report();
  result.residual += left_out;
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
  return std::exp(-tau_ * low) + truncation_;
}

std::string Chebyshev::description() const {
  return fmt::format("Chebyshev, step {:g}, {} products a step{}", tau_, polynomial_.degree(),
                     truncation_words(truncation_));
}

}  // namespace feller
