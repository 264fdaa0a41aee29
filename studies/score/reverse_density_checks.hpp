#pragma once

/// What reverse processes on a ladder of grids verify: V18 and V19 of docs/properties.md.

#include "io/check.hpp"
#include "studies/flow/orders.hpp"
#include "studies/score/reverse_density_rung.hpp"

namespace feller {

/// The rungs in space and time, and those in time alone on the cells of the coarsest,
/// from N(0, T).
struct DensityLadder {
  std::vector<DensityRung> rungs;
  std::vector<DensityRung> in_time;

  const DensityRung& finest() const { return rungs.back(); }
  /// A number of one process on every rung.
  template <class Number>
  std::vector<double> values(std::size_t motion, Number&& number) const {
    std::vector<double> all;
    for (const auto& rung : rungs) all.push_back(number(rung.ends[motion]));
    return all;
  }
  /// KL(q | p) at t_0, p that of the grid, on every rung.
  std::vector<double> entropies(std::size_t motion) const;
  /// Their limit on ever finer grids, of order 2.
  Limit limit(std::size_t motion) const;
  /// What densities at t_0 differ by, L1, each from that on the next grid in the same cells.
  std::vector<double> differences(std::size_t motion) const;
  /// What the rungs in time differ by, L1, each from the next.
  std::vector<double> time_differences(std::size_t motion) const;
};

/// By how much observed orders may differ from theory.
inline constexpr double order_slack = 0.1;
/// log2 of the ratio of the last two errors.
double last_order(const std::vector<double>& errors);
/// That an observed order is 2.
Check order_check(const std::string& name, const std::string& claim, double order,
                  const std::string& statement);
/// The process of the family with this lambda, or the number of motions.
std::size_t index_of(const DensityPlan& plan, double lambda);
/// Of the noise lambda; what is measured is still to be filled in.
Check printed_control(const NamedMotion& one, const Limit& limit, double tolerance,
                      const std::string& right);

/// KL(q | p) at t_0 in closed form, for a normal population.
std::optional<double> normal_entropy(const Clusters& clusters, const DensityPlan& plan,
                                     const NamedMotion& motion);

/// Mass, positivity, r = 1 and the range of r.
Checks invariant_checks(const DensityPlan& plan, const DensityLadder& ladder);
/// From p_T: order and size of the error; the printed processes miss p_t0.
Checks exact_start_checks(const DensityPlan& plan, const DensityLadder& ladder);
/// From N(0, T): relative entropies, conserved without noise and contracted by it.
Checks normal_start_checks(const DensityPlan& plan, const DensityLadder& ladder);
/// Order in the time step, of the family's processes with noise.
Checks time_checks(const DensityPlan& plan, const DensityLadder& ladder);
/// Limits against closed forms of a normal population.
Checks closed_form_checks(const Clusters& clusters, const DensityPlan& plan,
                          const DensityLadder& ladder);

}  // namespace feller
