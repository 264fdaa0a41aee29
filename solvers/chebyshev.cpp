#include "solvers/chebyshev.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/product_limit.hpp"
#include "solvers/truncate.hpp"

namespace feller {
namespace {

/// Of the mass, by which rounding may change a step.
constexpr double most_round_off = 1e-8;

const std::string masses = "masses", expectations = "expectations";

/// rho / 2.
double half_spectrum(const Generator& generator) {
  if (!generator.reversible()) {
    throw MethodError("time.method",
                      "chebyshev needs detailed balance, so that the spectrum is real: take "
                      "uniformization");
  }
  return generator.spectral_bound() / 2;
}

/// ln(max pi / min pi) where anything moves: not in an absorbing set.
double range_of_weights(const Generator& generator) {
  const Field moving = gather(generator.rates(), [](const Index&, const Index&, const Crossing& c) {
    return std::pair{c.forth + c.back, c.forth + c.back};
  });
  const auto rate = moving.values(), weight = generator.log_weight().values();
  double low = 0, high = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < rate.size(); ++i) {
    if (rate[i] == 0) continue;
    low = std::min(low, weight[i]);
    high = std::max(high, weight[i]);
  }
  const MPI_Comm comm = generator.grid().comm();
  return std::max(0.0, maximum(comm, high) - minimum(comm, low));
}

/// The factor from pi with largest value 1 to pi of sum 1.
double sum_of_weights(const Generator& generator) {
  long double weights = 0;
  for (const double log : generator.log_weight().values()) weights += std::exp(log);
  return static_cast<double>(sum(generator.grid().comm(), weights));
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
    : generator_{generator},
      tau_{tau},
      truncation_{options.truncation},
      rate_{half_spectrum(generator)},
      total_weight_{sum_of_weights(generator)},
      weight_range_{range_of_weights(generator)},
      inverse_roots_{
          transformed(generator.log_weight(), [](double w) { return std::exp(-w / 2); })},
      matrix_{generator, rate_} {
  const double s = tau * rate_;
  refuse_too_many_products("chebyshev", 8 * std::sqrt(s), std::max(options.solves, options.steps));
  polynomial_ = {.factor = 2, .kept = -1, .weights = chebyshev_coefficients(s)};
}

/// (sum m^2 / pi)^1/2 / |m|_1, pi of sum 1; infinite where no number holds it.
double Chebyshev::relative_size(const Field& m) const {
  const auto values = m.values(), inverse_root = inverse_roots_.values();
  double squares = 0, sizes = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double root = values[i] == 0 ? 0 : values[i] * inverse_root[i];
    squares += root * root;
    sizes += std::abs(values[i]);
  }
  const MPI_Comm comm = generator_.grid().comm();
  const auto all_squares = static_cast<double>(sum(comm, squares));
  const auto all_sizes = static_cast<double>(sum(comm, sizes));
  return all_sizes == 0 ? 1 : std::sqrt(all_squares * total_weight_) / all_sizes;
}

/// The largest error at a point over the largest value, for an error of 1 in the norm.
double Chebyshev::backward_size(const Field& g) const {
  const auto values = g.values(), weight = generator_.log_weight().values();
  long double squares = 0;
  double most = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double root = values[i] * std::exp(weight[i] / 2);
    squares += root * root;
    most = std::max(most, std::abs(values[i]));
  }
  const MPI_Comm comm = generator_.grid().comm();
  squares = sum(comm, squares);
  most = maximum(comm, most);
  if (most == 0) return 1;
  return std::exp(weight_range_ / 2) * static_cast<double>(std::sqrt(squares)) / most;
}

/// Each product rounds; the recursion adds these errors up, but does not enlarge them in its norm.
double Chebyshev::round_off(double size) const {
  return 4 * size * std::numeric_limits<double>::epsilon() * (polynomial_.degree() + 1);
}

std::optional<std::string> Chebyshev::objection(double size, const std::string& what) const {
  if (round_off(size) <= most_round_off) return std::nullopt;
  return fmt::format(
      "chebyshev would change {} by up to {:.2g} of themselves through rounding, which it enlarges "
      "where the steady state has hardly any mass: take uniformization or an implicit method",
      what, round_off(size));
}

/// A step never enlarges the norm, so what holds for the first masses holds for all.
void Chebyshev::start_from(const Field& m) {
  const double size = relative_size(m);
  if (const auto words = objection(size, masses)) throw MethodError("time.method", *words);
  shorten(size);
}

void Chebyshev::start_backward_from(const Field& g) {
  const auto words = objection(backward_size(g), expectations);
  if (words) throw MethodError("time.method", *words);
}

void Chebyshev::shorten(double size) {
  if (truncation_ == 0 || size <= shortened_for_) return;
  shortened_for_ = size;
  polynomial_.weights = chebyshev_coefficients(tau_ * rate_);
  truncate(polynomial_.weights, std::min(truncation_ / size, coarsest_truncation));
}

SolveReport Chebyshev::advance(Field& u, int) {
  const double before = total(u), size = relative_size(u);
  if (const auto words = objection(size, masses)) throw SolverError(*words);
  shorten(size * (1 - 1e-9));
  matrix_.apply(polynomial_, JumpMatrix::Direction::forward, u);
  return {.iterations = polynomial_.degree(),
          .mass_defect = generator_.conserves_mass() ? restore_mass(u, before) : 0,
          .residual = truncation_ + round_off(size)};
}

SolveReport Chebyshev::advance_backward(Field& g, int) {
  const double size = backward_size(g);
  if (const auto words = objection(size, expectations)) throw SolverError(*words);
  matrix_.apply(polynomial_, JumpMatrix::Direction::backward, g);
  return {.iterations = polynomial_.degree(), .residual = truncation_ + round_off(size)};
}

double Chebyshev::contraction(double low, double) const {
  return std::exp(-tau_ * low) + std::min(truncation_, coarsest_truncation);
}

std::string Chebyshev::description() const {
  return fmt::format("Chebyshev, step {:g}, {} products a step{}", tau_, polynomial_.degree(),
                     truncation_words(truncation_));
}

}  // namespace feller
