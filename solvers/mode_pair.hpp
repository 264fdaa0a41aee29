#pragma once

/// A right and a left mode of one eigenvalue, made exact and normalised; for
/// solvers/eigenmodes.hpp.

#include <complex>
#include <optional>

#include "discretisation/generator.hpp"

namespace feller {

/// A real or complex field.
struct Mode {
  Field real;
  std::optional<Field> imaginary;
};

class ModePair {
 public:
  ModePair(Mode r, Mode l, std::complex<double> rate)
      : right{std::move(r)}, left{std::move(l)}, rate_{rate} {}

  bool is_complex() const { return right.imaginary.has_value(); }
  std::complex<double> rate() const { return rate_; }

  /// sum |r| = 1 and sum l r = 1; the first cell (in natural order) with |r| at least half of the
  /// largest has r real and positive. Collective.
  void normalise();

  /// |A r + lambda r|_1 / (max|A_KK| |r|_1). Collective.
  double residual(const Generator& generator) const;
  /// |A^T l + lambda l|_max / (max|A_KK| |l|_max). Collective.
  double left_residual(const Generator& generator) const;

  Mode right;
  Mode left;

 private:
  std::complex<double> rate_;
};

/// From a mode s of the symmetrised generator. Collective; throws SolverError.
ModePair reversible_pair(const Generator& generator, const Field& s);

/// From approximate modes of A and A^T. Collective.
ModePair general_pair(const Generator& generator, Mode right, Mode left);

}  // namespace feller
