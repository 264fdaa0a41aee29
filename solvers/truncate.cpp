#include "solvers/truncate.hpp"

#include <fmt/format.h>

#include <numeric>

namespace feller {

void truncate(std::vector<double>& weights, double truncation) {
  if (truncation == 0) return;
  const double whole = std::accumulate(weights.begin(), weights.end(), 0.0);
  double dropped = 0;
  while (weights.size() > 1 && dropped + weights.back() <= truncation / 2 * whole) {
    dropped += weights.back();
    weights.pop_back();
  }
  const double left = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight *= whole / left;
}

std::string truncation_words(double truncation) {
  return truncation == 0 ? "" : fmt::format(", to {:.3g}", truncation);
}

}  // namespace feller
