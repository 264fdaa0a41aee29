#pragma once

/// One rung of a ladder: the forward solution on one grid, and every reverse process on it.

#include <functional>
#include <limits>
#include <span>

#include "problems/problem.hpp"
#include "studies/score/reverse_density_options.hpp"

namespace feller {

/// Entropies of q relative to p that are watched.
std::span<const std::string_view> watched_entropies();

/// What one reverse process left on one rung.
struct DensityEnd {
  explicit DensityEnd(const Field& start) : density{start} {}

  Field density;                      ///< q at t_0
  double l1 = 0;                      ///< |q - exact p_t0|
  double exact_entropy = 0;           ///< KL(q | exact p_t0)
  std::vector<double> entropy;        ///< KL(q_t | p_t), p_t that of the grid, at the times of the
                                      ///< coarsest rung from T down to t_0
  std::vector<double> before, after;  ///< watched entropies at T, at t_0
  double rise = 0;         ///< the largest of the entropy from one of these times to the next
  double mass_defect = 0;  ///< largest |mass - 1|
  double least = std::numeric_limits<double>::infinity();  ///< density
  double beyond = 0;     ///< how far r = q/p leaves its range at T, over the largest r there
  double quantiles = 0;  ///< rms of Q_t0 - Q_T at equal values of P, on a line
};

struct DensityRung {
  double cells = 0;  ///< along the first axis
  double h = 0;
  int steps = 0;
  double products = 0;  ///< of the forward solution
  double langevin_products = 0;
  double change = 0;  ///< largest |ln(p_{n+1}/p_n)|
  int sub_steps = 0;
  double free_l1 = 0;        ///< of the processes of the family from the grid's own p_T: |q - p|
  double free_ratio = 0;     ///< max |q/p - 1|
  double bayes_entropy = 0;  ///< KL(q | p) at t_0 of Bayes' reversal, which is lambda = 1
  std::vector<DensityEnd> ends;
};

/// Called at the times of the coarsest rung, from T down to t_0, with the step of this rung, the
/// noise t, the masses of p and of every q.
using DensityWatch =
    std::function<void(int step, double t, const Field& p, std::span<const Field> q)>;

/// `steps` is a multiple of those of the coarsest rung. Collective; throws SolverError.
/// `free_stream`: whether the family starts from the grid's p_T, too.
DensityRung run_rung(const Problem& problem, const DensityPlan& plan, int steps, bool free_stream,
                     const DensityWatch& watch);

}  // namespace feller
