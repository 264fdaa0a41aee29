#pragma once

/// A parabola through numbers with known standard errors, y_i = a + b x_i + c x_i^2 + e_i sigma_i,
/// by weighted least squares; the standard errors are those of theory, not of the residuals.

#include <array>
#include <span>

namespace feller {

struct Parabola {
  std::array<double, 3> coefficients;  ///< a, b, c
  std::array<double, 3> errors;        ///< their standard errors
};

/// At least three different x, all sigma > 0; the lists have one length.
Parabola fit_parabola(std::span<const double> x, std::span<const double> y,
                      std::span<const double> sigma);

}  // namespace feller
