#include "solvers/mode_pair.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/slepc.hpp"

namespace feller {
namespace {

using Number = std::complex<double>;
using Precise = std::complex<long double>;

std::vector<Number> values_of(const Mode& mode) {
  const auto real = mode.real.values();
  std::vector<Number> all{real.begin(), real.end()};
  if (!mode.imaginary) return all;
  auto imaginary = mode.imaginary->values().begin();
  for (Number& value : all) value.imag(*imaginary++);
  return all;
}

void scale(Mode& mode, Number factor) {
  const auto before = values_of(mode);
  auto real = mode.real.values();
  std::span<double> imaginary;
  if (mode.imaginary) imaginary = mode.imaginary->values();
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Number value = factor * before[i];
    real[i] = value.real();
    if (mode.imaginary) imaginary[i] = value.imag();
  }
}

double sum_of_moduli(const Mode& mode) {
  long double total = 0;
  for (const Number& value : values_of(mode)) total += std::abs(value);
  return static_cast<double>(sum(mode.real.grid().comm(), total));
}

double largest_modulus(const Mode& mode) {
  double most = 0;
  for (const Number& value : values_of(mode)) most = std::max(most, std::abs(value));
  return maximum(mode.real.grid().comm(), most);
}

Precise everywhere(MPI_Comm comm, Precise local) {
  return {sum(comm, local.real()), sum(comm, local.imag())};
}

/// sum l r, without a conjugate.
Precise pairing(const Mode& left, const Mode& right) {
  const auto l = values_of(left), r = values_of(right);
  Precise total = 0;
  for (std::size_t i = 0; i < l.size(); ++i) total += Precise{l[i]} * Precise{r[i]};
  return everywhere(left.real.grid().comm(), total);
}

/// A mode with its ghosts.
class Seen {
 public:
  explicit Seen(const Mode& mode) : real_{mode.real} {
    if (mode.imaginary) imaginary_.emplace(*mode.imaginary);
  }
  Precise operator[](const Index& k) const {
    return {real_[k], imaginary_ ? (*imaginary_)[k] : 0.0};
  }

 private:
  Ghosted real_;
  std::optional<Ghosted> imaginary_;
};

/// -(l, A r) from the currents of r and the differences of l.
Precise dissipation(const Generator& generator, const Mode& left, const Mode& right) {
  const Seen l{left}, r{right};
  Precise total = 0;
  for_each_face(generator.rates(), [&](const Index& a, const Index& b, const Crossing& c) {
    const Precise current =
        static_cast<long double>(c.forth) * r[a] - static_cast<long double>(c.back) * r[b];
    total += (l[a] - l[b]) * current;
  });
  auto rate = generator.killing().values().begin();
  for_each(generator.grid().owned(),
           [&](const Index& k) { total += static_cast<long double>(*rate++) * l[k] * r[k]; });
  return everywhere(generator.grid().comm(), total);
}

/// The first cell in natural order with at least half of the largest modulus: its value there.
Number leading_value(const Mode& mode) {
  const Grid& grid = mode.real.grid();
  const double enough = largest_modulus(mode) / 2;
  double first = HUGE_VAL;
  Number found = 0;
  const auto values = values_of(mode);
  auto value = values.begin();
  for_each(grid.owned(), [&](const Index& k) {
    const auto number = static_cast<double>(grid.natural(k));
    if (std::abs(*value) >= enough && number < first) {
      first = number;
      found = *value;
    }
    ++value;
  });
  const bool mine = first == minimum(grid.comm(), first);
  return {static_cast<double>(sum(grid.comm(), mine ? found.real() : 0.0)),
          static_cast<double>(sum(grid.comm(), mine ? found.imag() : 0.0))};
}

/// G x for a mode.
Mode product(const Generator& generator, const Mode& x, bool backward) {
  const auto apply = [&](const Field& f) {
    return backward ? generator.apply_backward(f) : generator.apply(f);
  };
  Mode result{apply(x.real), {}};
  if (x.imaginary) result.imaginary = apply(*x.imaginary);
  return result;
}

/// x <- y + lambda x.
void add_multiple(Mode& x, Number lambda, const Mode& y) {
  scale(x, lambda);
  check(VecAXPY(x.real.vector(), 1, y.real.vector()));
  if (x.imaginary) check(VecAXPY(x.imaginary->vector(), 1, y.imaginary->vector()));
}

/// exp(factor ln pi) as a field.
Field weight_power(const Generator& generator, double factor) {
  return transformed(generator.log_weight(), [&](double l) { return std::exp(factor * l); });
}

/// lambda of the mode s of the symmetrised generator; see the header of eigenmodes.
double dirichlet_quotient(const Generator& generator, const Field& s) {
  const Ghosted near{s};
  long double rise = 0, size = 0;
  for_each_face(generator.rates(), [&](const Index& k, const Index& l, const Crossing& c) {
    const long double part = std::sqrt(static_cast<long double>(c.back)) * near[l] -
                             std::sqrt(static_cast<long double>(c.forth)) * near[k];
    rise += part * part;
  });
  const auto rate = generator.killing().values(), value = s.values();
  for (std::size_t i = 0; i < value.size(); ++i) {
    const long double square = static_cast<long double>(value[i]) * value[i];
    rise += rate[i] * square;
    size += square;
  }
  const MPI_Comm comm = generator.grid().comm();
  return static_cast<double>(sum(comm, rise) / sum(comm, size));
}

/// Inverse iteration for A^T l = -lambda l from an approximation. Collective; throws SolverError.
Field polished(const Generator& generator, double lambda, Field left) {
  MatrixHandle shifted;
  check(MatDuplicate(generator.backward(), MAT_COPY_VALUES, shifted.put()));
  check(MatScale(shifted.get(), -1));
  // Not lambda itself, for which the matrix may be singular to the last digit.
  check(MatShift(shifted.get(), -lambda - 1e-10 * std::abs(lambda)));
  KrylovHandle krylov;
  PC factor = nullptr;
  check(KSPCreate(generator.grid().comm(), krylov.put()));
  check(KSPSetOperators(krylov.get(), shifted.get(), shifted.get()));
  check(KSPSetType(krylov.get(), KSPPREONLY));
  check(KSPGetPC(krylov.get(), &factor));
  check(PCSetType(factor, PCLU));
  check(PCFactorSetMatSolverType(factor, MATSOLVERMUMPS));
  Field next{left};
  for (int n = 0; n < 2; ++n) {
    check(KSPSolve(krylov.get(), left.vector(), next.vector()));
    double size = 0;
    check(VecNorm(next.vector(), NORM_INFINITY, &size));
    if (!(size > 0) || !std::isfinite(size)) throw SolverError("a left mode was not found");
    check(VecScale(next.vector(), 1 / size));
    std::swap(left, next);
  }
  return left;
}

}  // namespace

void ModePair::normalise() {
  const Number value = leading_value(right);
  scale(right, std::conj(value) / std::abs(value) / sum_of_moduli(right));
  const Precise factor = Precise{1} / pairing(left, right);
  scale(left, {static_cast<double>(factor.real()), static_cast<double>(factor.imag())});
}

double ModePair::residual(const Generator& generator) const {
  Mode r = right;
  add_multiple(r, rate_, product(generator, right, false));
  return sum_of_moduli(r) / (generator.largest_outflow() * sum_of_moduli(right));
}

double ModePair::left_residual(const Generator& generator) const {
  Mode l = left;
  add_multiple(l, rate_, product(generator, left, true));
  return largest_modulus(l) / (generator.largest_outflow() * largest_modulus(left));
}

ModePair reversible_pair(const Generator& generator, const Field& s) {
  const double lambda = dirichlet_quotient(generator, s);
  Field right = weight_power(generator, 0.5);
  check(VecPointwiseMult(right.vector(), right.vector(), s.vector()));
  // Where pi is small s holds nothing but its error: a start of 0 is better.
  constexpr double smallest_weight = 1e-10;
  Field left{s};
  const Field root = weight_power(generator, 0.5);
  auto value = left.values();
  const auto weight = root.values();
  for (std::size_t i = 0; i < value.size(); ++i) {
    value[i] = weight[i] > smallest_weight ? value[i] / weight[i] : 0;
  }
  left = polished(generator, lambda, std::move(left));
  return {{std::move(right), {}}, {std::move(left), {}}, lambda};
}

ModePair general_pair(const Generator& generator, Mode right, Mode left) {
  const Precise quotient = dissipation(generator, left, right) / pairing(left, right);
  const Number rate{static_cast<double>(quotient.real()), static_cast<double>(quotient.imag())};
  return {std::move(right), std::move(left), rate};
}

}  // namespace feller
