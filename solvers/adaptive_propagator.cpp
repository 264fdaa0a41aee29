#include "solvers/adaptive_propagator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace feller {

AdaptivePropagator::AdaptivePropagator(Make make, double tau, double tolerance)
    : make_{std::move(make)}, tau_{tau}, tolerance_{tolerance} {
  level(0);
  if (order() == exact) {
    throw MethodError("time.tolerance", "is for methods with an error in time; this one has none");
  }
  if (!levels_.at(0)->memory().empty()) {
    throw MethodError("time.tolerance", "needs a one-step method: take sdirk2 or crank_nicolson");
  }
}

Propagator& AdaptivePropagator::level(int k) {
  auto& made = levels_[k];
  if (!made) made = make_(std::ldexp(tau_, -k));
  return *made;
}

/// The error of a part falls by 2^(p+1) with each halving, what is allowed by 2.
int AdaptivePropagator::levels_to_refine(double error, double allowed) const {
  const double halvings = std::log2(error / allowed) / order();
  return std::clamp(static_cast<int>(std::ceil(halvings)), 1, 6);
}

SolveReport AdaptivePropagator::advance(Field& m, int n) {
  auto& parts = taken_[n];
  parts.clear();
  SolveReport report;
  double size = 0;
  check(VecNorm(m.vector(), NORM_1, &size));
  // `done` of 2^finest parts of the step.
  constexpr int all = 1 << finest;
  int k = 0;
  for (int done = 0; done < all;) {
    const int index = (n << k) + (done >> (finest - k));
    Field once{m}, twice{m};
    report.iterations += level(k).advance(once, index).iterations;
    const SolveReport first = level(k + 1).advance(twice, 2 * index);
    const SolveReport second = level(k + 1).advance(twice, 2 * index + 1);
    check(VecAXPY(once.vector(), -1, twice.vector()));
    double difference = 0;
    check(VecNorm(once.vector(), NORM_1, &difference));
    const double error = difference / (std::exp2(level(k).order_at(index)) - 1);
    const double allowed = tolerance_ * std::ldexp(tau_, -k) * size;
    if (!(error <= allowed)) {
      k += levels_to_refine(error, allowed);
      // Parts are numbered by an int.
      const bool countable = std::ldexp(n + 1.0, k + 1) < std::numeric_limits<int>::max();
      if (k + 1 < finest && countable) continue;
      throw SolverError(fmt::format(
          "a part of step {} cannot be made small enough for time.tolerance = {:g}: at {:.3g} its "
          "error is still {:.3g}",
          n, tolerance_, std::ldexp(tau_, -k), error));
    }
    m = twice;
    report = report + first + second;
    stiffness_ = std::max(stiffness_, level(k + 1).stiffness());
    parts.push_back({k + 1, 2 * index});
    parts.push_back({k + 1, 2 * index + 1});
    done += all >> k;
    const bool aligned = k > 0 && done % (all >> (k - 1)) == 0;
    if (aligned && error < allowed * std::exp2(-order() - 2)) --k;
  }
  return report;
}

SolveReport AdaptivePropagator::advance_backward(Field& g, int n) {
  const auto found = taken_.find(n);
  if (found == taken_.end()) {
    throw MethodError("time.tolerance",
                      "backward steps replay those forward, which were not taken: leave it out");
  }
  SolveReport report;
  for (auto part = found->second.rbegin(); part != found->second.rend(); ++part) {
    report = report + level(part->level).advance_backward(g, part->index);
  }
  return report;
}

std::string AdaptivePropagator::description() const {
  return fmt::format("{}, cut adaptively to an error of {:g} per unit of time",
                     whole().description(), tolerance_);
}

}  // namespace feller
