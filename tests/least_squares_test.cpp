/// Least squares with rows on all ranks against normal equations and determinants by hand.

#include "solvers/least_squares.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <stdexcept>

namespace feller::test {

TEST_CASE("least squares: normal equations, orthogonality, singular values", "[least_squares]") {
  // Rows (1, x_i, x_i^2) for x_i = i/100, b = 3 - x + e, on any number of ranks.
  const int rows = 100, rank = rank_of(PETSC_COMM_WORLD), ranks = size_of(PETSC_COMM_WORLD);
  const int begin = rows * rank / ranks, end = rows * (rank + 1) / ranks;
  const auto own = static_cast<std::size_t>(end - begin);
  std::vector<double> entries(3 * own), b(own);
  for (std::size_t i = 0; i < own; ++i) {
    const double x = (begin + static_cast<double>(i)) / 100;
    for (std::size_t k = 0; k < 3; ++k) entries[k * own + i] = std::pow(x, k);
    b[i] = 3 - x + (i % 2 == 0 ? 0.1 : -0.1) * std::cos(9 * x);
  }
  const LeastSquares system{PETSC_COMM_WORLD, end - begin, 3, entries};
  const auto fit = system.solve(b);
  CHECK(fit.orthogonality <= 1e-12);
  CHECK(fit.iterations >= 3);
  // A^T r = 0, by hand.
  for (std::size_t k = 0; k < 3; ++k) {
    long double dot = 0;
    for (std::size_t i = 0; i < own; ++i) {
      double r = -b[i];
      for (std::size_t j = 0; j < 3; ++j) r += fit.coefficients[j] * entries[j * own + i];
      dot += r * entries[k * own + i];
    }
    CHECK(std::abs(static_cast<double>(sum(PETSC_COMM_WORLD, dot))) <= 1e-10);
  }
  // Sum of squares and product of squares: trace and determinant of A^T A / rows.
  const auto s = system.singular_values();
  std::array<double, 5> moment{};
  for (int i = 0; i < rows; ++i) {
    for (std::size_t p = 0; p < 5; ++p) moment[p] += std::pow(i / 100.0, p) / rows;
  }
  CHECK(s[0] * s[0] + s[1] * s[1] + s[2] * s[2] ==
        Approx(moment[0] + moment[2] + moment[4]).epsilon(1e-12));
  const double determinant = moment[0] * (moment[2] * moment[4] - moment[3] * moment[3]) -
                             moment[1] * (moment[1] * moment[4] - moment[3] * moment[2]) +
                             moment[2] * (moment[1] * moment[3] - moment[2] * moment[2]);
  CHECK(std::pow(s[0] * s[1] * s[2], 2) == Approx(determinant).epsilon(1e-10));
  CHECK_THROWS_AS((LeastSquares{PETSC_COMM_WORLD, 2, 2, {1, 2, 3}}), std::invalid_argument);
}

TEST_CASE("singular values of few rows, and of columns that are equal", "[least_squares]") {
  // (1 1; 1 1; 0 0) has 2 and 0.
  const auto s = singular_values({1, 1, 0, 1, 1, 0}, 3, 2);
  CHECK(s[0] == Approx(2));
  CHECK(std::abs(s[1]) <= 1e-15);
  CHECK(condition(std::array{4.0, 2.0}) == 2);
  CHECK(std::isinf(condition(std::array{4.0, 0.0})));
  // Fewer rows than columns.
  const auto flat = singular_values({3, 4}, 1, 2);
  CHECK(flat[0] == Approx(5));
  CHECK(flat[1] == Approx(0).margin(1e-15));
}

}  // namespace feller::test
