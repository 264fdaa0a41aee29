#include "studies/score/normal_divergence.hpp"

#include <cmath>

namespace feller {

double variance_divergence(double x) {
  if (std::abs(x) > 1e-2) return (x - std::log1p(x)) / 2;
  double power = x * x, sum = 0;
  for (int k = 2; k <= 12; ++k) {
    sum += power / k;
    power *= -x;
  }
  return sum / 2;
}

}  // namespace feller
