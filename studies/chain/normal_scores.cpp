#include "studies/chain/normal_scores.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

namespace feller {

double beyond_four() {
  return std::erfc(4 / std::numbers::sqrt2);
}

double normal_quantile(double tail) {
  double low = 0, high = 40;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::numbers::sqrt2) / 2 > tail ? low : high) = middle;
  }
  return high;
}

double worst_of(double count) {
  return normal_quantile(beyond_four() / (2 * count));
}

double normal_equivalent(double square, double nu) {
  if (std::isnan(square)) return square;
  const double beyond = std::isinf(square) ? 0 : boost::math::gamma_q(nu / 2, square / 2);
  if (beyond < 0.5) return normal_quantile(beyond);
  return -normal_quantile(boost::math::gamma_p(nu / 2, square / 2));
}

double chi_square_quantile(double y, double nu) {
  const double tail = std::erfc(std::abs(y) / std::numbers::sqrt2) / 2;
  return 2 *
         (y > 0 ? boost::math::gamma_q_inv(nu / 2, tail) : boost::math::gamma_p_inv(nu / 2, tail));
}

int poisson_quantile(double mean, double tail) {
  double sum = 0;
  for (int k = 0;; ++k) {
    sum += std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
    // Round-off of the sum; far beyond the mean nothing is left to add.
    if (1 - sum <= tail || k > mean + 40 * std::sqrt(mean) + 40) return k;
  }
}

void NormalScores::take(const Field& scores) {
  long double far = 0, sum = 0;
  double most = 0;
  for (const double z : scores.values()) {
    far += std::abs(z) > 4 ? 1 : 0;
    sum += z * z;
    most = std::isnan(z) ? z : std::max(most, std::abs(z));
    if (std::isnan(most)) break;
  }
  const MPI_Comm comm = scores.grid().comm();
  count += static_cast<double>(scores.grid().cells());
  beyond += static_cast<double>(feller::sum(comm, far));
  squares += static_cast<double>(feller::sum(comm, sum));
  // A pixel that could not be judged must fail, whatever MPI makes of its NaN.
  const double strange = maximum(comm, std::isnan(most) ? 1 : 0);
  const double here = maximum(comm, std::isnan(most) ? HUGE_VAL : most);
  largest = std::max(largest, strange > 0 ? HUGE_VAL : here);
}

double NormalScores::beyond_bound(double looks) const {
  return poisson_quantile(count * beyond_four(), beyond_four() / looks);
}

double wilson_hilferty(double v, double nu) {
  const double spread = 2 / (9 * nu);
  return (std::cbrt(v) - (1 - spread)) / std::sqrt(spread);
}

}  // namespace feller
