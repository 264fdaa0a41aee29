#include "studies/score/reverse_density_route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace feller {
namespace {

constexpr int least_steps = 320;  ///< of the first of three grids
constexpr int rungs = 3;

/// One density on its way.
class Route {
 public:
  Route(const Axis& axis, const ReverseMotion& motion, std::vector<double> start)
      : axis_{axis}, motion_{motion}, h_{axis.width(0)}, q_{std::move(start)} {
    const std::size_t n = q_.size();
    for (auto* list : {&lower_, &diagonal_, &upper_, &right_}) list->resize(n);
  }

  /// (1 - tau/2 A) q' = (1 + tau/2 A) q, `scores` at the inner faces.
  void step(double tau, std::span<const double> scores) {
    assemble(tau, scores);
    multiply();
    solve();
  }

  const std::vector<double>& density() const { return q_; }

 private:
  /// tau/2 A.
  void assemble(double tau, std::span<const double> scores) {
    std::ranges::fill(diagonal_, 0);
    const double spread = motion_.noise * motion_.noise / h_;
    for (std::size_t f = 0; f + 1 < q_.size(); ++f) {
      const double drift = 2 * motion_.drift * scores[f] + axis_.face(static_cast<int>(f) + 1);
      // What flows from f to f + 1 is from_left q_f - from_right q_{f+1}.
      const double from_left = (drift / 2 + spread) * tau / (2 * h_);
      const double from_right = (spread - drift / 2) * tau / (2 * h_);
      diagonal_[f] -= from_left;
      upper_[f] = from_right;
      lower_[f + 1] = from_left;
      diagonal_[f + 1] -= from_right;
    }
  }

  void multiply() {
    const std::size_t n = q_.size();
    for (std::size_t i = 0; i < n; ++i) {
      right_[i] = (1 + diagonal_[i]) * q_[i];
      if (i > 0) right_[i] += lower_[i] * q_[i - 1];
      if (i + 1 < n) right_[i] += upper_[i] * q_[i + 1];
    }
  }

  /// Gaussian elimination.
  void solve() {
    const std::size_t n = q_.size();
    diagonal_[0] = 1 - diagonal_[0];
    for (std::size_t i = 1; i < n; ++i) {
      const double factor = -lower_[i] / diagonal_[i - 1];
      diagonal_[i] = 1 - diagonal_[i] + factor * upper_[i - 1];
      right_[i] -= factor * right_[i - 1];
    }
    q_[n - 1] = right_[n - 1] / diagonal_[n - 1];
    for (std::size_t i = n - 1; i-- > 0;) {
      q_[i] = (right_[i] + upper_[i] * q_[i + 1]) / diagonal_[i];
    }
  }

  Axis axis_;
  ReverseMotion motion_;
  double h_;
  std::vector<double> q_, lower_, diagonal_, upper_, right_;
};

std::vector<double> start_values(const Process& process, const DensityPlan& plan,
                                 const Axis& axis) {
  const auto law = start_law(process, plan);
  std::vector<double> values;
  for (int k = 0; k < axis.cells; ++k) values.push_back(law->density({axis.centre(k)}));
  return values;
}

/// Midpoint rule. Where q <= 0, q ln q counts as 0.
double entropy_to(const Law& law, const Axis& axis, const std::vector<double>& q) {
  double sum = 0;
  for (std::size_t k = 0; k < q.size(); ++k) {
    const Point x{axis.centre(static_cast<int>(k))};
    sum += law.density(x) - q[k];
    if (q[k] > 0) sum += q[k] * (std::log(q[k]) - law.log_density(x));
  }
  return sum * axis.width(0);
}

}  // namespace

std::vector<double> route_entropies(const Process& process, const DensityPlan& plan,
                                    const Axis& axis, int steps,
                                    std::span<const ReverseMotion> motions) {
  const auto start = start_values(process, plan, axis);
  std::vector<Route> routes;
  for (const auto& motion : motions) routes.emplace_back(axis, motion, start);
  const Times times = plan.times(process, steps);
  std::vector<double> scores(start.size() - 1);
  for (std::size_t n = times.size() - 1; n-- > 0;) {
    const auto law = process.law(std::midpoint(times[n], times[n + 1]));
    for (std::size_t f = 0; f < scores.size(); ++f) {
      scores[f] = law->score(0, {axis.face(static_cast<int>(f) + 1)});
    }
    for (auto& route : routes) route.step(times[n + 1] - times[n], scores);
  }
  const auto goal = process.law(times.front());
  std::vector<double> entropies;
  for (const auto& route : routes) entropies.push_back(entropy_to(*goal, axis, route.density()));
  return entropies;
}

std::vector<Limit> route_limits(const Process& process, const DensityPlan& plan, const Axis& axis,
                                std::span<const ReverseMotion> motions) {
  std::vector<std::vector<double>> values(motions.size());
  for (int l = 0; l < rungs; ++l) {
    Axis finer{axis};
    finer.cells *= 4 << l;
    const auto found =
        route_entropies(process, plan, finer, std::max(8 * plan.steps, least_steps) << l, motions);
    for (std::size_t m = 0; m < motions.size(); ++m) values[m].push_back(found[m]);
  }
  std::vector<Limit> limits;
  for (const auto& list : values) limits.push_back(richardson(list, 2, 2));
  return limits;
}

Checks route_checks(const Process& process, const DensityPlan& plan, const Axis& axis,
                    const DensityLadder& ladder) {
  std::vector<std::size_t> numbers;
  std::vector<ReverseMotion> motions;
  for (std::size_t m = 0; m < plan.motions.size(); ++m) {
    const auto& [drift, noise] = plan.motions[m].motion;
    if (!keeps_laws(plan.motions[m]) || noise == 0) continue;
    numbers.push_back(m);
    motions.push_back({drift, noise});
    motions.push_back({drift, noise / std::numbers::sqrt2});
  }
  const auto limits = route_limits(process, plan, axis, motions);
  Checks checks;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const NamedMotion& one = plan.motions[numbers[i]];
    const Limit flow = ladder.limit(numbers[i]), right = limits[2 * i], wrong = limits[2 * i + 1];
    const double allowed = flow.remaining + right.remaining;
    checks.push_back({.name = "crank_nicolson_" + one.name,
                      .claim = fmt::format("{}: KL(q|p_t0) against {:.6g} by centred differences "
                                           "and Crank-Nicolson with the exact score, both "
                                           "extrapolated",
                                           one.words, right.value),
                      .measured = std::abs(flow.value - right.value),
                      .bound = allowed,
                      .statement = "V19"});
    checks.push_back({.name = "control_crank_nicolson_" + one.name,
                      .claim = fmt::format("{}: the same against {:.6g} by Crank-Nicolson with "
                                           "half of the diffusion",
                                           one.words, wrong.value),
                      .measured = std::abs(flow.value - wrong.value) - wrong.remaining,
                      .relation = Relation::at_least,
                      .bound = 10 * allowed,
                      .is_control = true,
                      .statement = "V19"});
  }
  return checks;
}

}  // namespace feller
